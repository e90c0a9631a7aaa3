import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from '../../../services/local/data-folder.ts';
import { LocalError } from '../../../services/local/local-error.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'colony-data-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

async function failureOf(folder: string): Promise<string> {
  const failure = await openDataFolder(folder).catch((error) => error);
  expect(failure).toBeInstanceOf(LocalError);
  return failure.message;
}

test('a folder is made with its parents, for its owner alone', async () => {
  const folder = path.join(parent, 'a', 'b');
  const { release, path: absolute } = await openDataFolder(folder);
  expect(absolute).toBe(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await release();
});

test('an empty folder that others may read is closed to them', async () => {
  const folder = path.join(parent, 'open');
  mkdirSync(folder, { mode: 0o755 });
  await (await openDataFolder(folder)).release();
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a folder that is held is refused, and free again once it is released', async () => {
  const folder = path.join(parent, 'data');
  const held = await openDataFolder(folder);
  expect(await failureOf(folder)).toMatch(/is in use by another launch: end that one/);
  await held.release();
  await (await openDataFolder(folder)).release();
});

test('a folder under a file cannot be written: one clear line', async () => {
  const file = path.join(parent, 'file');
  writeFileSync(file, '');
  expect(await failureOf(path.join(file, 'data'))).toMatch(/cannot be written \(ENOTDIR\)/);
});

test.skipIf(!existsSync('/proc'))(
  'a folder where none can be made: one clear line, at once',
  async () => {
    expect(await failureOf('/proc/colony/data')).toMatch(
      /\/proc\/colony\/data cannot be written \(ENOENT\)/,
    );
  },
);

test('a damaged lock is made anew: nothing is kept in it', async () => {
  const folder = path.join(parent, 'data');
  await (await openDataFolder(folder)).release();
  for (const file of readdirSync(path.join(folder, 'lock'))) {
    writeFileSync(path.join(folder, 'lock', file), 'damaged');
  }
  await (await openDataFolder(folder)).release();
});

test('a folder full of something else is left alone', async () => {
  writeFileSync(path.join(parent, 'letter.txt'), 'dear');
  const { mode } = statSync(parent);
  expect(await failureOf(parent)).toContain('not empty and no data folder of a colony');
  expect(statSync(parent).mode).toBe(mode);
});

test.each(['a file', 'a folder'])(
  "somebody's folder is left alone though it has %s named lock",
  async (kind) => {
    const lock = path.join(parent, 'lock');
    if (kind === 'a file') writeFileSync(lock, '');
    else mkdirSync(lock);
    expect(await failureOf(parent)).toContain('not empty and no data folder of a colony');
    expect(readdirSync(parent)).toEqual(['lock']);
  },
);

test('a launch after one that ended cleanly knows so, one after a killed one too', async () => {
  const folder = path.join(parent, 'data');
  await (await openDataFolder(folder)).release();
  const clean = await openDataFolder(folder);
  expect(clean.lastLaunchWasKilled).toBe(false);
  await clean.release();
  writeFileSync(path.join(folder, 'running'), '');
  const afterKill = await openDataFolder(folder);
  expect(afterKill.lastLaunchWasKilled).toBe(true);
  await afterKill.release();
});
