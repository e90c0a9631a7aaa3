import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  storeAcceptCommand,
  storeCheckCommand,
  storeDiscardCommand,
} from '../../../services/cli/store/store.commands.ts';
import { openDataFolder } from '../../../services/local/data-folder.ts';
import { checkStore } from '../../../services/local/store-care.ts';
import { lookApart } from '../../../services/local/store-look.ts';
import { bundle } from '../../support/bundle.ts';
import { filesIn } from '../../support/store/disk-store.ts';
import { disorderTable, fillMergingStore } from '../../support/store/unmergeable-store.ts';
import { recordingOutput } from '../cli/fake-colony.ts';

const child = await bundle('services/local/store-look.child.ts', { packages: 'external' });
const look = lookApart([child]);

let dataDir = '';
let output: ReturnType<typeof recordingOutput>;
beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'colony-look-'));
  output = recordingOutput();
  await (await openDataFolder(dataDir)).release();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('a look at a store in a process of its own', () => {
  test('finds what one in this process finds', async () => {
    await fillMergingStore(dataDir);
    expect(await checkStore(dataDir, look)).toEqual(await checkStore(dataDir));
  });

  test('says that there is no store', async () => {
    const { lines, problem } = await checkStore(dataDir, look);
    expect([lines, problem]).toEqual([['mark   absent', 'store  absent'], undefined]);
  });

  test('tells what the disk said', async () => {
    await fillMergingStore(dataDir);
    rmSync(path.join(dataDir, 'store'), { recursive: true });
    writeFileSync(path.join(dataDir, 'store'), 'no folder');
    await expect(checkStore(dataDir, look)).rejects.toThrow(/^The store cannot be used: .*ENOTDIR/);
  });

  test('tells how its process ended where that says nothing of the store', async () => {
    const broken = lookApart(['-e', 'throw new Error("not built")']);
    await expect(checkStore(dataDir, broken)).rejects.toThrow(
      /^The store cannot be used: .*the look at it ended with code 1: Error: not built/,
    );
  });
});

describe('a store whose look LevelDB ends by an assertion', () => {
  const ENDED = 'LevelDB ended the look at it';
  /** Whether LevelDB merges the tables, and ends the process, before all is read, is a race: this one always ends. */
  const look = lookApart(['-e', 'process.abort()']);
  let before: Record<string, string>;
  const stored = () =>
    Object.fromEntries(Object.entries(filesIn(dataDir)).filter(([name]) => /^store/.test(name)));

  beforeEach(async () => {
    await fillMergingStore(dataDir);
    before = stored();
  });

  test('is refused whether it ends before all is read or not, and nothing is changed', async () => {
    disorderTable(dataDir);
    before = stored();
    const apart = lookApart([child]);
    const { problem } = await checkStore(dataDir, apart);
    expect(problem).toMatch(/cannot be read: LevelDB ended the look at it|is damaged: 1 entry/);
    expect(stored()).toEqual(before);
  });

  test('is said to be unreadable, with what to do, and nothing is changed', async () => {
    expect(await storeCheckCommand(dataDir, output, { look })).toBe(1);
    expect(output.lines).toEqual([
      expect.stringMatching(/^mark {3}commit 41, last /),
      `store  unreadable: ${ENDED}`,
      expect.stringMatching(
        `^The store ${dataDir}/store cannot be read: ${ENDED}\\. Known of it: commit 41, .* store discard --data-dir ${dataDir}\` puts what is left aside`,
      ),
    ]);
    expect(stored()).toEqual(before);
  });

  test('is said to be unreadable to programs, too', async () => {
    expect(await storeCheckCommand(dataDir, output, { look, json: true })).toBe(1);
    expect(output.documents).toEqual([
      {
        isUsable: false,
        problem: expect.stringContaining('cannot be read'),
        says: [expect.stringMatching(/^mark /), `store  unreadable: ${ENDED}`],
      },
    ]);
  });

  test('is not accepted', async () => {
    await expect(storeAcceptCommand(dataDir, output, { look })).rejects.toThrow(
      `There is no whole state to accept. The store ${dataDir}/store cannot be read: ${ENDED}.`,
    );
    expect(stored()).toEqual(before);
  });

  test('is put aside', async () => {
    expect(await storeDiscardCommand(dataDir, output, { look })).toBe(0);
    expect(existsSync(path.join(dataDir, 'aside-1', 'store'))).toBe(true);
    expect(existsSync(path.join(dataDir, 'store'))).toBe(false);
  });
});
