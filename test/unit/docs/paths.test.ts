import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourceFiles } from '../style/source-files.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

const sources = sourceFiles().map(({ path }) => `/${path}`);

/** What a page names between backticks as a source: a file, whole or by the end of its path. */
const filesIn = (text: string): string[] =>
  [...text.matchAll(/`([\w./-]+\.(?:ts|mjs))`/g)].map(([, file = '']) => file);

/** … or a folder or file of the repository, from its root. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`((?:services|lib|bin|scripts|test)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  );

test.each(pages)('every source that %s names is there', (page) => {
  const text = readFileSync(page, 'utf8');
  const lost = filesIn(text).filter((file) => !sources.some((path) => path.endsWith(`/${file}`)));
  expect([...lost, ...pathsIn(text).filter((path) => !existsSync(path))]).toEqual([]);
});

test('the pages name sources', () => {
  const all = pages.map((page) => readFileSync(page, 'utf8')).join('\n');
  expect(filesIn(all).length).toBeGreaterThan(50);
  expect(pathsIn(all).length).toBeGreaterThan(20);
});
