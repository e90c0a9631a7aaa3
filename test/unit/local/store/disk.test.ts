import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeDiskError, putAside, replaceFile } from '../../../../services/local/store/disk.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string | Uint8Array = '') =>
  writeFileSync(path.join(folder, name), text);

test.each([
  'ENOSPC: no space left on device, write',
  'IO error: /data/000003.log: No space left on device',
  'EDQUOT: disk quota exceeded, write',
])('"%s" is a full disk, said with what is free and what is needed', async (message) => {
  file('000003.log', new Uint8Array(3 * 2 ** 20));
  expect((await describeDiskError(new Error(message), folder)).replaceAll(folder, 'DIR')).toMatch(
    /^no space is left for DIR \(ENOSPC\): \d+\.\d MiB free, 11\.0 MiB needed$/,
  );
});

test('a folder that is gone does not hide that its disk was full', async () => {
  const said = await describeDiskError(new Error('ENOSPC'), path.join(folder, 'gone'));
  expect(said).toMatch(/\(ENOSPC\): unknown free, 8\.0 MiB needed$/);
});

test('any other error of a disk is said as it is, with the folder', async () => {
  const said = await describeDiskError(new Error('EIO: i/o error, fsync'), folder);
  expect(said).toBe(`${folder}: EIO: i/o error, fsync`);
});

test('what is put aside goes to a new folder each time', async () => {
  mkdirSync(path.join(folder, 'aside-1'));
  file('a', 'text');
  const aside = await putAside(folder, [path.join(folder, 'a')]);
  expect(aside).toBe(path.join(folder, 'aside-2'));
  expect(readFileSync(path.join(aside, 'a'), 'utf8')).toBe('text');
  expect(readdirSync(folder).sort()).toEqual(['aside-1', 'aside-2']);
});

test('a file that cannot be replaced stays as it was, and leaves nothing beside it', async () => {
  mkdirSync(path.join(folder, 'mark'));
  file('mark/inside');
  await expect(replaceFile(path.join(folder, 'mark'), 'new')).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['mark']);
});
