import { expect, test } from 'vitest';
import { lineFaults, sourceFiles } from './source-files.ts';

const files = sourceFiles();
const code = files.filter(({ path }) => /\.(ts|mjs)$/.test(path));

test('the sources are found', () => {
  expect(code.some(({ path }) => path.startsWith('services/'))).toBe(true);
  expect(code.some(({ path }) => path.startsWith('test/'))).toBe(true);
});

/** Words that no file may hold. They are put together here so that this file does not hold them. */
const words: [what: string, pattern: RegExp, allowed: RegExp][] = [
  ['unfinished work', new RegExp(`\\b(FIX${'ME'}|X${'XX'})\\b`), /^$/],
  ['a path of one machine', new RegExp(`(^|[\\s'"\`(=:])/(wo${'rk'}|ro${'ot'})/`), /^$/],
  [
    'the old name of colony-start',
    new RegExp(`cloud${'-'}start`, 'i'),
    /^(docs\/seeds\.md|CHANGELOG\.md)$/,
  ],
];

test.each(words)('no file holds %s', (_what, pattern, allowed) => {
  const faults = files
    .filter(({ path }) => !allowed.test(path))
    .flatMap((f) => lineFaults(f, pattern));
  expect(faults).toEqual([]);
});

test('no test is run alone', () => {
  const pattern = new RegExp(`\\b(test|it|describe|suite)\\.${'only'}\\b`);
  const faults = code
    .filter(({ path }) => path.startsWith('test/'))
    .flatMap((f) => lineFaults(f, pattern));
  expect(faults).toEqual([]);
});

test('a source of the services has at most 300 lines', () => {
  const faults = code
    .filter(({ path }) => path.startsWith('services/'))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300);
  expect(faults).toEqual([]);
});
