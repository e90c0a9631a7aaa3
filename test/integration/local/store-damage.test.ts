import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreRefusal } from '../../../services/local/store/refusal.ts';
import { filesIn, openStoreIn } from '../../support/store/disk-store.ts';
import { fillStore, harmAtRandom } from '../../support/store/harm.ts';

const PLACES = 25;

let parent = '';
let whole = '';
beforeAll(async () => {
  parent = mkdtempSync(path.join(tmpdir(), 'colony-damage-'));
  whole = path.join(parent, 'whole');
  await fillStore(whole);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test('damage at random places never leaves an old state', async () => {
  // Logs of LevelDB's own, and its lock, may be damaged without harm. test/cluster has 200 places.
  expect(await harmAtRandom(whole, PLACES)).toBeGreaterThan(PLACES / 4);
});

describe('what a person is told of', () => {
  const harmed = async (name: string, harm: (dataDir: string) => void): Promise<string> => {
    const dataDir = path.join(parent, name);
    cpSync(whole, dataDir, { recursive: true });
    harm(dataDir);
    const error = await openStoreIn(dataDir).then(
      () => undefined,
      (failure) => failure,
    );
    expect(error).toBeInstanceOf(StoreRefusal);
    expect(error.message).not.toContain('\n');
    return error.message.replaceAll(dataDir, 'DIR');
  };
  const fileOf = (dataDir: string, pattern: RegExp): string =>
    path.join(dataDir, Object.keys(filesIn(dataDir)).find((file) => pattern.test(file)) ?? '');
  const known =
    /Known of it: commit 154, last record of reef: TopographyInitialized instance i generation 3 epoch 5 revision 75\. Nothing was changed\./;

  test('a folder of the store that is gone', async () => {
    const said = await harmed('gone', (dir) =>
      rmSync(path.join(dir, 'store'), { recursive: true }),
    );
    expect(said).toMatch(/^The store DIR\/store is gone, and there was one\./);
    expect(said).toMatch(known);
  });

  test.each([
    [
      'file CURRENT',
      /CURRENT$/,
      /^The store DIR\/store cannot be read: its file CURRENT is missing\./,
    ],
    [
      'MANIFEST',
      /MANIFEST-\d+$/,
      /^The store DIR\/store cannot be read: IO error: MANIFEST-\d+: No such file/,
    ],
    [
      'a table',
      /ldb$/,
      /^The store DIR\/store cannot be read: Corruption: 1 missing files; e\.g\.: \d+\.ldb\./,
    ],
  ])('a %s that is gone', async (name, pattern, expected) => {
    const said = await harmed(`no-${name}`, (dir) => rmSync(fileOf(dir, pattern)));
    expect(said).toMatch(expected);
    expect(said).toMatch(known);
  });

  test('a newest log that is cut off', async () => {
    const said = await harmed('cut', (dir) => {
      const log = fileOf(dir, /\d+\.log$/);
      truncateSync(log, Math.floor(statSync(log).size / 2));
    });
    expect(said).toMatch(
      /^The store DIR\/store has lost its last (\d+ writes|write)\. Found: commit \d+, \d+ entries, record of reef:/,
    );
    expect(said).toContain('`npm run colony -- store accept --data-dir DIR`');
    expect(said).toMatch(known);
  });

  test('a mark that is gone', async () => {
    const said = await harmed('unmarked', (dir) => rmSync(path.join(dir, 'store.mark')));
    expect(said).toMatch(
      /^The mark beside the store DIR\/store is missing: whether .* Found: commit 154, 79 entries/,
    );
  });
});
