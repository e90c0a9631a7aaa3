import { describe, expect, test } from 'vitest';
import { StoreRefusal } from '../../../../services/local/store/refusal.ts';
import type { Store } from '../../../../services/local/store/store.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { type DiskFault, MemoryDisk } from '../../../support/store/memory-disk.ts';
import {
  digestKey,
  Ledger,
  missingFrom,
  openOn,
  put,
  RECORD,
  recordText,
  work,
} from '../../../support/store/store-workload.ts';

const STEPS = 6;

/** How many writes of the disk a run without faults has. */
async function writesOfARun(): Promise<number> {
  const disk = new MemoryDisk();
  const store = await openOn(disk);
  await work(store, new Ledger(), STEPS);
  await store.close();
  return disk.writes;
}

/** The faults from the first write after the store was made; the first four make it. */
const MAKING = 4;
const writes = await writesOfARun();
const everyWrite = Array.from({ length: writes - MAKING }, (_, i) => i + MAKING);

async function runWith(fault: DiskFault, write: number) {
  const clock = new VirtualClock();
  const disk = new MemoryDisk({ faultOf: (number) => (number === write ? fault : undefined) });
  const store = await openOn(disk, { clock });
  const ledger = new Ledger();
  await work(store, ledger, STEPS);
  return { clock, disk, store, ledger };
}

/** Opened again: undefined if it is refused. */
const reopened = (disk: MemoryDisk): Promise<Store | undefined> =>
  openOn(disk.restarted()).catch((error) => {
    expect(error).toBeInstanceOf(StoreRefusal);
    return undefined;
  });

test('a run has writes of batches and of marks', () => {
  expect(everyWrite.length).toBeGreaterThan(2 * STEPS);
});

describe.each(['refused', 'written, failed'] as const)('a write that is %s', (fault) => {
  test.each(everyWrite)(
    'at write %i loses nothing acknowledged, and writing works again',
    async (write) => {
      const { clock, disk, store, ledger } = await runWith(fault, write);
      expect(await missingFrom(store, ledger)).toEqual([]);
      await clock.runUntil(
        async () =>
          put(store, 'reef/spec#1', '{}').then(
            () => true,
            () => false,
          ),
        {
          limitMs: 10_000,
          what: 'the store can be written',
        },
      );
      await work(store, ledger, STEPS);
      expect(await missingFrom(store, ledger)).toEqual([]);
      await store.close();
      const next = await reopened(disk);
      expect(next && (await missingFrom(next, ledger))).toEqual([]);
    },
  );
});

describe.each(['lost', 'torn', 'corrupted'] as const)('a write that is %s', (fault) => {
  test.each(everyWrite)(
    'at write %i leaves the newest state, or the store is refused',
    async (write) => {
      const { disk, store, ledger } = await runWith(fault, write);
      await store.close();
      const next = await reopened(disk);
      if (next !== undefined) expect(await missingFrom(next, ledger)).toEqual([]);
    },
  );
});

test.each(['lost', 'torn', 'corrupted'] as const)(
  'a last batch that is %s is noticed by the next process',
  async (fault) => {
    const disk = new MemoryDisk({ faultOf: (write) => (write === 6 ? fault : undefined) });
    const store = await openOn(disk);
    await put(store, RECORD, recordText(1));
    await put(store, RECORD, recordText(2));
    await store.close();
    await expect(openOn(disk.restarted())).rejects.toThrow(StoreRefusal);
  },
);

test('a failed write is refused in the words of the disk, said once, and its end too', async () => {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const disk = new MemoryDisk({
    faultOf: (write) => (write >= 4 && write < 7 ? 'refused' : undefined),
  });
  const store = await openOn(disk, { clock, log });
  const failures = await Promise.all(
    [1, 2].map((tick) => put(store, digestKey(tick), '{}').catch((error) => error)),
  );
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(ColonyError);
    expect(failure).toMatchObject({ code: 'STORE_UNAVAILABLE', message: /ENOSPC/ });
  }
  await clock.runUntil(() => log.messages('info').includes('The store can be used again.'), {
    limitMs: 10_000,
  });
  expect(log.messages('error')).toEqual([
    'The store cannot be used: ENOSPC: no space left on device.',
  ]);
});

describe('a store that is found to be lost while it is used', () => {
  /** Used, then found as `lose` leaves it after a write that failed. */
  async function found(lose: (disk: MemoryDisk) => void) {
    const clock = new VirtualClock();
    const log = new MemoryLog();
    const disk = new MemoryDisk({ faultOf: (write) => (write === 6 ? 'refused' : undefined) });
    const store = await openOn(disk, { clock, log });
    await put(store, RECORD, recordText(1));
    await expect(put(store, RECORD, recordText(2))).rejects.toMatchObject({ message: /ENOSPC/ });
    lose(disk);
    await clock.runUntil(() => log.messages('error').length === 2, { limitMs: 10_000 });
    return { store, said: log.messages('error')[1] ?? '' };
  }

  test.each<[string, (disk: MemoryDisk) => void, RegExp]>([
    ['gone with its mark', (disk) => disk.lose('entries', 'mark'), /is gone, and there was one/],
    ['gone', (disk) => disk.lose('entries'), /is gone, and there was one/],
    [
      'without its mark',
      (disk) => disk.lose('mark'),
      /The mark beside the store MEMORY is missing/,
    ],
  ])('%s is not made anew: all calls are refused, with the reason', async (_, lose, expected) => {
    const { store, said } = await found(lose);
    expect(said).toMatch(expected);
    for (const call of [store.get(RECORD), put(store, RECORD, recordText(2))]) {
      await expect(call).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expected });
    }
  });
});

test('an older copy that is put back while the store is used is refused, with its mark', async () => {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const disk = new MemoryDisk({ faultOf: (write) => (write === 8 ? 'refused' : undefined) });
  const store = await openOn(disk, { clock, log });
  await put(store, RECORD, recordText(1));
  const older = disk.platter;
  await put(store, RECORD, recordText(2));
  await expect(put(store, RECORD, recordText(3))).rejects.toMatchObject({ message: /ENOSPC/ });
  disk.putBack(older);
  await clock.runUntil(() => log.messages('error').length === 2, { limitMs: 10_000 });
  expect(log.messages('error')[1]).toMatch(/has lost its last \d* ?writes?/);
});

test('a store that must be there is not made', async () => {
  await expect(openOn(new MemoryDisk(), { mayMake: false })).rejects.toThrow(/is gone/);
});

test('what is stored can be read while nothing can be written', async () => {
  const disk = new MemoryDisk({ faultOf: (write) => (write >= 6 ? 'refused' : undefined) });
  const store = await openOn(disk);
  await put(store, RECORD, recordText(1));
  await expect(put(store, RECORD, recordText(2))).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  expect(await store.get(RECORD)).toBe(recordText(1));
});

test('writes that come during a slow one go together in the next batch', async () => {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const disk = new MemoryDisk({ delay: (write) => (write === 4 ? gate : Promise.resolve()) });
  const store = await openOn(disk);
  const first = put(store, digestKey(0), '{}');
  const others = Promise.all([1, 2, 3, 4, 5].map((tick) => put(store, digestKey(tick), '{}')));
  letGo();
  await Promise.all([first, others]);
  expect(disk.done.slice(4)).toEqual(['batch', 'mark', 'batch', 'mark']);
});

test('nothing is acknowledged before its batch and its mark are on the disk', async () => {
  const disk = new MemoryDisk({ delay: () => new Promise((resolve) => setImmediate(resolve)) });
  const store = await openOn(disk);
  const seen: string[][] = [];
  await put(store, RECORD, recordText(1)).then(() => seen.push(disk.done.slice(4)));
  expect(seen).toEqual([['batch', 'mark']]);
});

test('a store whose making is cut off at any write is made by the next process', async () => {
  for (let write = 0; write < 4; write++) {
    for (const part of [0, 0.5, 1]) {
      const disk = new MemoryDisk({
        faultOf: (number) => (number === write ? 'power cut' : undefined),
        part: () => part,
      });
      void openOn(disk);
      while (!disk.isOff) await new Promise(setImmediate);
      const next = await openOn(disk.restarted());
      await put(next, RECORD, recordText(1));
      expect(await next.get(RECORD)).toBe(recordText(1));
      await next.close();
    }
  }
});
