import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDataFolder } from '../../../services/local/data-folder.ts';
import { LocalError } from '../../../services/local/local-error.ts';
import { acceptStore, checkStore, discardStore } from '../../../services/local/store-care.ts';
import { filesIn, openStoreIn } from '../../support/store/disk-store.ts';
import { put, RECORD, recordText } from '../../support/store/store-workload.ts';

let parent = '';
let folder = '';
beforeEach(async () => {
  parent = mkdtempSync(path.join(tmpdir(), 'colony-care-'));
  folder = path.join(parent, 'data');
  await (await openDataFolder(folder)).release();
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

async function revise(from: number, to: number): Promise<void> {
  const store = await openStoreIn(folder);
  for (let revision = from; revision <= to; revision++) {
    await put(store, RECORD, recordText(revision));
  }
  await store.close();
}

/** A store that is two revisions older than its mark. */
async function fallBehind(): Promise<void> {
  await revise(1, 3);
  await cp(path.join(folder, 'store'), path.join(parent, 'old'), { recursive: true });
  await revise(4, 5);
  rmSync(path.join(folder, 'store'), { recursive: true });
  await cp(path.join(parent, 'old'), path.join(folder, 'store'), { recursive: true });
}

const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const failure: Error = await work.then(
    () => new Error('it did not fail'),
    (error) => error,
  );
  expect(failure).toBeInstanceOf(LocalError);
  return failure.message;
};

describe('a look at a store', () => {
  test('says what is stored and changes nothing', async () => {
    await revise(1, 3);
    const before = filesIn(path.join(folder, 'store'));
    const { lines, problem } = await checkStore(folder);
    const record =
      'record of reef: TopographyInitialized instance i generation 3 epoch 5 revision 3';
    expect(lines).toEqual([
      `mark   commit 4, last ${record}`,
      `store  commit 4, 1 entry, ${record}, whole`,
    ]);
    expect(problem).toBeUndefined();
    expect(filesIn(path.join(folder, 'store'))).toEqual(before);
  });

  test('says why a launch refuses it', async () => {
    await fallBehind();
    const { problem } = await checkStore(folder);
    expect(problem).toMatch(
      /has lost its last 2 writes\. Found: commit 4, .* Known of it: commit 6,/,
    );
  });

  test('of a folder that is in use is refused', async () => {
    const held = await openDataFolder(folder);
    expect(await failureOf(checkStore(folder))).toContain('is in use by another launch');
    await held.release();
  });

  test('of a folder that is no data folder is refused and makes none', async () => {
    const nowhere = path.join(parent, 'nowhere');
    expect(await failureOf(checkStore(nowhere))).toContain('is no data folder of a colony');
    expect(existsSync(nowhere)).toBe(false);
  });
});

describe('accepting', () => {
  test('an older state that is whole lets a launch go on with it', async () => {
    await fallBehind();
    expect(await acceptStore(folder)).toContain('revision 3');
    expect((await checkStore(folder)).problem).toBeUndefined();
    await revise(4, 4);
    expect(existsSync(path.join(folder, 'aside-1', 'store.mark'))).toBe(true);
  });

  test('a store whose mark and version are gone makes both anew', async () => {
    await revise(1, 2);
    rmSync(path.join(folder, 'store.mark'));
    rmSync(path.join(folder, 'version'));
    await acceptStore(folder);
    expect((await checkStore(folder)).problem).toBeUndefined();
  });

  test('a store that cannot be read is refused and left as it is', async () => {
    await revise(1, 2);
    rmSync(path.join(folder, 'store', 'CURRENT'));
    const before = filesIn(path.join(folder, 'store'));
    expect(await failureOf(acceptStore(folder))).toMatch(
      /^There is no whole state to accept\. The store .* cannot be read/,
    );
    expect(filesIn(path.join(folder, 'store'))).toEqual(before);
  });

  test('a store of a later build is refused', async () => {
    await revise(1, 2);
    writeFileSync(path.join(folder, 'version'), 'distributed-colony data folder, format 3\n');
    expect(await failureOf(acceptStore(folder))).toContain('format 3');
    expect(await failureOf(discardStore(folder))).toContain('format 3');
  });
});

describe('discarding', () => {
  test('puts a damaged store aside, deletes nothing, and a new one can be made', async () => {
    await revise(1, 2);
    rmSync(path.join(folder, 'store', 'CURRENT'));
    const before = filesIn(path.join(folder, 'store'));
    const aside = await discardStore(folder);
    expect(aside).toBe(path.join(folder, 'aside-1'));
    expect(filesIn(path.join(aside, 'store'))).toEqual(before);
    await (await openDataFolder(folder)).release();
    await revise(1, 1);
    expect(await discardStore(folder, { force: true })).toBe(path.join(folder, 'aside-2'));
  });

  test('leaves a store that a launch can use, unless it is forced', async () => {
    await revise(1, 1);
    const before = filesIn(path.join(folder, 'store'));
    expect(await failureOf(discardStore(folder))).toContain('say --force');
    expect(filesIn(path.join(folder, 'store'))).toEqual(before);
  });

  test('puts the store of an earlier build aside', async () => {
    rmSync(path.join(folder, 'version'));
    mkdirSync(path.join(folder, 'dynamo'));
    await discardStore(folder);
    await (await openDataFolder(folder)).release();
    expect(existsSync(path.join(folder, 'aside-1', 'dynamo'))).toBe(true);
  });

  test('where there is nothing says so', async () => {
    rmSync(path.join(folder, 'version'));
    expect(await failureOf(discardStore(folder))).toContain('There is no store');
  });
});
