import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from '../../../services/local/data-folder.ts';
import { LocalError } from '../../../services/local/local-error.ts';
import { filesIn } from '../../support/store/disk-store.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'colony-format-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);

/** What a launch says of the folder, which it leaves as it is. */
async function refusal(): Promise<string> {
  const before = filesIn(folder);
  const failure = await openDataFolder(folder).catch((error) => error);
  expect(failure).toBeInstanceOf(LocalError);
  expect(filesIn(folder)).toEqual(before);
  expect(failure.message).toContain('Nothing was changed');
  return failure.message.replaceAll(folder, 'DIR');
}

test('a new folder says its format, and is opened again', async () => {
  await (await openDataFolder(folder)).release();
  expect(readFileSync(path.join(folder, 'version'), 'utf8')).toBe(
    'distributed-colony data folder, format 2\n',
  );
  await (await openDataFolder(folder)).release();
});

test('a folder of a later format is refused', async () => {
  write('version', 'distributed-colony data folder, format 3\n');
  expect(await refusal()).toMatch(
    /^The data folder DIR says: .*format 3; this build has format 2\./,
  );
});

test('a folder of the first format, with a store in dynamo, is refused', async () => {
  mkdirSync(path.join(folder, 'dynamo'));
  write('dynamo/CURRENT', 'MANIFEST-000002\n');
  mkdirSync(path.join(folder, 'lock'));
  expect(await refusal()).toMatch(/^The data folder DIR was made by an earlier build/);
});

test('a version that is damaged is refused', async () => {
  write('version', 'distributed-colony data');
  expect(await refusal()).toMatch(
    /^The file version of the data folder DIR.* is damaged: "distributed/,
  );
});

test('a version that is missing beside a mark is refused', async () => {
  write('store.mark', 'x');
  expect(await refusal()).toMatch(/^The file version of the data folder DIR.* is missing\./);
});
