import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/** docs/seeds.md names tests as `[file] “name”`; its last lines say which file that is. */
const PAGE = 'docs/seeds.md';
const SEEDS_TESTS = 'test/integration/seeds';

interface Named {
  label: string;
  name: string;
}

const page = readFileSync(PAGE, 'utf8');

const files = new Map(
  [...page.matchAll(/^\[([a-z-]+)\]: (\S+)$/gm)].map(([, label = '', link = '']) => [
    label,
    path.posix.join(path.posix.dirname(PAGE), link),
  ]),
);

const namedIn = (text: string): Named[] =>
  [...text.matchAll(/\[([a-z-]+)\] “([^”]+)”/g)].map(([, label = '', name = '']) => ({
    label,
    name,
  }));

/** Names of the tests in a source that run: no describe, nothing skipped or left to do. */
function testNames(source: string): Set<string> {
  const withoutSuites = source.replace(/\bdescribe(\.\w+)*\(/g, 'suite ');
  const left = withoutSuites.replace(/\.(skip|todo|fails)\b[^(]*\(/g, ' ');
  const names = left.matchAll(/(?:\b(?:test|it)|\))\(\s*(['"`])((?:(?!\1).)+)\1,/g);
  return new Set([...names].map(([, , name = '']) => name));
}

/** Rows of the tables with a column for tests, by their section. */
const rows = page
  .split(/^## /m)
  .flatMap((section) => section.split('\n').filter((line) => /^\| .* \|$/.test(line)))
  .map((line) => line.split(' | '))
  .filter((cells) => cells.length === 3 && !cells[0]?.startsWith('| sentence'))
  .filter((cells) => !/^\| (seed|0\d\d)$/.test(cells[0] ?? ''));

describe('the names of tests in a source', () => {
  test.each([
    ["test('a b', () => {", ['a b']],
    ["  it.each(POINTS)('%s: a', async (point) => {", ['%s: a']],
    ["test.each<T>([\n  1,\n])(\n  'long',\n  async () => {", ['long']],
    ['it("it\'s", () => {', ["it's"]],
    ["describe('a suite', () => {", []],
    ["test.skip('later', () => {", []],
    ["test.todo('later');", []],
    ["expect(text).toBe('a b');", []],
  ])('of %j are %j', (source, names) => {
    expect([...testNames(source)]).toEqual(names);
  });
});

test('the page names tests', () => {
  expect(namedIn(page).length).toBeGreaterThan(50);
});

test('every row has a test', () => {
  expect(rows.length).toBeGreaterThan(45);
  expect(rows.filter((cells) => namedIn(cells[2] ?? '').length === 0)).toEqual([]);
});

test.each([...files])('%s is a file that the page uses', (label, file) => {
  expect(existsSync(file)).toBe(true);
  expect(namedIn(page).map((named) => named.label)).toContain(label);
});

test.each(namedIn(page))('[$label] has the test “$name”', ({ label, name }) => {
  const file = files.get(label);
  expect(file, `the page does not say which file [${label}] is`).toBeDefined();
  expect(testNames(readFileSync(file ?? '', 'utf8'))).toContain(name);
});

test.each(readdirSync(SEEDS_TESTS))('every test of %s stands on the page', (name) => {
  const file = `${SEEDS_TESTS}/${name}`;
  const named = namedIn(page).filter(({ label }) => files.get(label) === file);
  const names = [...testNames(readFileSync(file, 'utf8'))];
  expect(names.length).toBeGreaterThan(0);
  expect(named.map((one) => one.name)).toEqual(expect.arrayContaining(names));
});
