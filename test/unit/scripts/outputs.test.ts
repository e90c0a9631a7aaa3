import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { putFile, removeAllBut } from '../../../scripts/lib/outputs.mjs';

let folder = '';
const at = (...parts: string[]) => path.join(folder, ...parts);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('eight builds that put the same files at once, and remove others, all end well', async () => {
  const names = Array.from({ length: 40 }, (_, i) => path.join(`part-${i % 3}`, `${i}.js`));
  const contents = Buffer.alloc(200_000, 'x');
  const build = async () => {
    await Promise.all(names.map((name) => putFile(at(name), contents)));
    await removeAllBut(folder, new Set(names));
  };
  await Promise.all(Array.from({ length: 8 }, build));
  for (const name of names) expect(statSync(at(name)).size).toBe(contents.length);
  const left = readdirSync(folder, { recursive: true }) as string[];
  expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a file with the same content is not written again', async () => {
  writeFileSync(at('a.js'), 'same');
  const before = statSync(at('a.js')).ino;
  await putFile(at('a.js'), 'same');
  expect(statSync(at('a.js')).ino).toBe(before);
  await putFile(at('a.js'), 'other');
  expect(readFileSync(at('a.js'), 'utf8')).toBe('other');
});

test('files of earlier builds are removed, the temporary ones of a build under way are not', async () => {
  mkdirSync(at('page'));
  for (const name of ['old.js', 'page/old.css', 'kept.js', 'a.js.1.tmp', 'a.js.2.tmp']) {
    writeFileSync(at(name), '');
  }
  utimesSync(at('a.js.2.tmp'), new Date(0), new Date(0));
  await removeAllBut(folder, new Set(['kept.js']));
  expect(existsSync(at('page', 'old.css'))).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(['a.js.1.tmp', 'kept.js', 'page']);
});
