import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashOfSources, staleness } from '../../../scripts/lib/built.mjs';

let folder = '';
const at = (...parts: string[]) => path.join(folder, ...parts);

/** A repository of one source, built. */
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-built-'));
  mkdirSync(at('services', 'cli'), { recursive: true });
  mkdirSync(at('dist'));
  writeFileSync(at('services', 'cli', 'main.ts'), 'one');
  writeFileSync(at('package.json'), '{"version":"1"}');
  writeFileSync(at('dist', 'colony.js'), 'built');
  const files = { 'colony.js': 5 };
  writeFileSync(at('dist', '.built'), JSON.stringify({ sources: hashOfSources(folder), files }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder that was just built is fresh', () => {
  expect(staleness(folder)).toBeUndefined();
});

test('so is one whose sources were copied or checked out since: times say nothing', () => {
  utimesSync(at('services', 'cli', 'main.ts'), new Date(4e12), new Date(4e12));
  expect(staleness(folder)).toBeUndefined();
  const copy = mkdtempSync(path.join(tmpdir(), 'colony-built-'));
  cpSync(folder, copy, { recursive: true });
  expect(staleness(copy)).toBeUndefined();
  rmSync(copy, { recursive: true });
});

test.each([
  ['a source has changed', () => writeFileSync(at('services', 'cli', 'main.ts'), 'two')],
  ['a source is new', () => writeFileSync(at('services', 'new.ts'), '')],
  ['a source is gone', () => rmSync(at('services', 'cli', 'main.ts'))],
  ['the version has changed', () => writeFileSync(at('package.json'), '{"version":"2"}')],
])('it is stale when %s', (_what, change) => {
  change();
  expect(staleness(folder)).toBe('is not built from these sources');
});

test('it is stale when a file of it is gone or was cut', () => {
  writeFileSync(at('dist', 'colony.js'), '');
  expect(staleness(folder)).toBe('lacks colony.js as it was built');
  rmSync(at('dist', 'colony.js'));
  expect(staleness(folder)).toBe('lacks colony.js as it was built');
});

test('it is stale when its build was not ended, or there never was one', () => {
  rmSync(at('dist', '.built'));
  expect(staleness(folder)).toBe('was not built to its end');
  rmSync(at('dist'), { recursive: true });
  expect(staleness(folder)).toBe('is not there');
});
