import { beforeEach, expect, test } from 'vitest';
import { ColonyRecords } from '../../../../services/platform/record/colony-records.ts';
import type { WriteResult } from '../../../../services/platform/record/record-store.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryRecordStore } from '../../../simulation/stores/memory-record-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { claimOf, LEADER, OTHER, started, termOf } from '../../../support/colony-records.ts';

/** Counts the calls, and lets a test do something just before a write. */
class WatchedStore extends MemoryRecordStore {
  reads = 0;
  writes = 0;
  beforeWrite: () => Promise<unknown> = async () => undefined;

  override read(): Promise<ColonyRecord> {
    this.reads++;
    return super.read();
  }

  override async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    this.writes++;
    await this.beforeWrite();
    return super.replace(seen, next);
  }
}

let clock: VirtualClock;
let store: WatchedStore;
let mine: ColonyRecords;
let others: ColonyRecords;

beforeEach(async () => {
  clock = new VirtualClock();
  store = new WatchedStore();
  const other = new MemoryRecordStore();
  // Another process: the same item, a picture of its own, and none of the hooks.
  other.read = () => MemoryRecordStore.prototype.read.call(store);
  other.replace = (...args) => MemoryRecordStore.prototype.replace.call(store, ...args);
  const options = { clock, randomness: new SeededRandomness(1) };
  mine = new ColonyRecords({ ...options, store });
  others = new ColonyRecords({ ...options, store: other });
});

const beat = { id: LEADER.id, epoch: 1 };

test('a change starts from the newest record seen and needs no read', async () => {
  await mine.takeLeadership(undefined, LEADER);
  store.reads = 0;
  expect(await mine.beat(beat)).toMatchObject({ ok: true, record: { leader: { beat: 1 } } });
  expect(store.reads).toBe(0);
});

test('a change that lost a race is applied to what won it', async () => {
  await started(mine);
  const reserve = { generation: 1, horizon: 50 };
  let raced = false;
  store.beforeWrite = async () => {
    if (raced) return;
    raced = true;
    await others.setRun(termOf(await others.read()), { paused: true });
  };
  const { ok, record } = await mine.beat(beat, reserve);
  expect(ok).toBe(true);
  expect(record).toMatchObject({ paused: true, horizon: 50, leader: { beat: 1 } });
});

test('a change that lost one race tries again at once', async () => {
  await mine.takeLeadership(undefined, LEADER);
  await others.claim(claimOf('K1'));
  store.writes = 0;
  await mine.beat(beat);
  expect(store.writes).toBe(2);
  expect(clock.nowMs()).toBe(0);
});

test('a change that keeps losing pauses before each further attempt', async () => {
  await mine.takeLeadership(undefined, LEADER);
  store.writes = 0;
  store.beforeWrite = async () => {
    if (store.writes > 5) return;
    const { record } = await others.claim(claimOf(`K${store.writes}`));
    await others.stop(record);
  };
  const beating = mine.beat(beat);
  await clock.advance(0);
  expect(store.writes).toBe(2);
  await clock.advance(10);
  expect(store.writes).toBeGreaterThanOrEqual(3);
  await clock.advance(5_000);
  expect(await beating).toMatchObject({ ok: true, record: { leader: { beat: 1 } } });
  expect(store.writes).toBe(6);
});

test('a change that is overtaken every time is given up with STORE_UNAVAILABLE', async () => {
  await mine.takeLeadership(undefined, LEADER);
  store.beforeWrite = async () => {
    const record = await others.read();
    await (record.status === 'NotInitialized'
      ? others.claim(claimOf(`K${record.generation}`))
      : others.stop(record));
  };
  const beating = mine.beat(beat).catch((error: unknown) => error);
  await clock.advance(60_000);
  expect(await beating).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the record changed under each of 12 attempts to write it',
  });
});

test('writes of one process take turns, so that they do not refuse each other', async () => {
  await started(mine);
  store.writes = 0;
  const term = termOf(await mine.read());
  const writes = [mine.beat(beat), mine.setRun(term, { paused: true }), mine.beat(beat)];
  for (const { ok } of await Promise.all(writes)) expect(ok).toBe(true);
  expect(store.writes).toBe(3);
});

test('a write that is stuck delays those behind it for half a second', async () => {
  const { record } = await mine.takeLeadership(undefined, LEADER);
  let isFirst = true;
  store.beforeWrite = async () => {
    if (isFirst) {
      isFirst = false;
      await new Promise(() => {});
    }
  };
  void mine.claim(claimOf('K1'));
  const beating = mine.beat(beat);
  await clock.advance(499);
  expect((await store.read()).revision).toBe(record.revision);
  await clock.advance(1);
  expect(await beating).toMatchObject({ ok: true, record: { leader: { beat: 1 } } });
});

test('a refusal by an old picture is confirmed before it is believed', async () => {
  await started(mine, 'K1');
  await others.stop(await others.read());
  // As mine knows it the colony is started still, and a claim would be refused.
  const { ok, record } = await mine.claim(claimOf('K2'));
  expect(ok).toBe(true);
  expect(record).toMatchObject({ status: 'Initializing', startKey: 'K2', generation: 2 });
});

test('a refusal answers what is stored, not what was known', async () => {
  await mine.takeLeadership(undefined, LEADER);
  await others.takeLeadership((await others.read()).leader, OTHER);
  const { ok, record } = await mine.beat(beat);
  expect(ok).toBe(false);
  expect(record.leader).toMatchObject({ ...OTHER, epoch: 2 });
});

test('a write that went through although its answer was lost counts as done when repeated', async () => {
  await started(mine);
  const stopping = await mine.read();
  const replace = store.replace.bind(store);
  store.replace = async (...args) => {
    await replace(...args);
    throw new Error('the answer is lost');
  };
  await expect(mine.stop(stopping)).rejects.toThrow('the answer is lost');
  store.replace = replace;
  expect(await mine.stop(stopping)).toMatchObject({ ok: true, record: { generation: 1 } });
  expect((await store.read()).revision).toBe(stopping.revision + 1);
});
