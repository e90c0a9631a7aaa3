import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from '../../../services/local/data-folder.ts';
import { lookAtFolder } from '../../../services/local/folder-look.ts';

let parent = '';
let folder = '';
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'colony-look-'));
  folder = path.join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('a folder that is not there is not made', async () => {
  expect(await lookAtFolder(folder)).toEqual({ path: folder, is: 'absent' });
  expect(readdirSync(parent)).toEqual([]);
});

test('an empty one stays empty', async () => {
  mkdirSync(folder);
  expect(await lookAtFolder(folder)).toEqual({ path: folder, is: 'empty' });
  expect(readdirSync(folder)).toEqual([]);
});

test('one with other files is foreign', async () => {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'thesis.tex'), '');
  expect(await lookAtFolder(folder)).toMatchObject({ is: 'foreign' });
});

test('one of a launch is ours, and can be taken after the look', async () => {
  await (await openDataFolder(folder)).release();
  expect(await lookAtFolder(folder)).toEqual({ path: folder, is: 'ours' });
  await (await openDataFolder(folder)).release();
});

test('one that a launch holds names its process', async () => {
  const launch = await openDataFolder(folder);
  expect(await lookAtFolder(folder)).toMatchObject({ is: 'ours', heldBy: { pid: process.pid } });
  await launch.release();
});

test('one that a killed launch has left is held by nobody', async () => {
  await (await openDataFolder(folder)).release();
  writeFileSync(path.join(folder, 'running'), '1\n');
  expect((await lookAtFolder(folder)).heldBy).toBeUndefined();
});

test('one of a later format says why a launch refuses it', async () => {
  await (await openDataFolder(folder)).release();
  writeFileSync(path.join(folder, 'version'), 'distributed-colony data folder, format 99\n');
  expect(await lookAtFolder(folder)).toMatchObject({
    formatProblem: expect.stringContaining('format 99'),
  });
});

test('one below a file cannot be made', async () => {
  writeFileSync(path.join(parent, 'file'), '');
  const look = await lookAtFolder(path.join(parent, 'file', 'data'));
  expect(look).toMatchObject({ is: 'absent', unwritable: expect.any(String) });
});
