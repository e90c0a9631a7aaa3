import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SeriesCompaction } from '../../../../services/coordinator/series/series-compaction.ts';
import { TableStore } from '../../../../services/coordinator/series/table-store.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { SegmentStore } from '../../../../services/platform/series/segment-store.ts';
import { segmentTicks } from '../../../../services/protocol/series/levels.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { startedRecord } from '../fixtures.ts';
import { rowAt, Stores, TABLE } from './rows.fixture.ts';

const SEGMENT = segmentTicks(TABLE, 0);
const { colonyInstanceId = '' } = startedRecord();

describe('the compaction of a leader', () => {
  let stores: Stores;
  let store: TableStore;
  let clock: VirtualClock;
  let log: MemoryLog;
  let term: LeaderTerm;
  let calls: string[];
  let isAway: boolean;

  beforeEach(() => {
    stores = new Stores();
    clock = new VirtualClock();
    log = new MemoryLog();
    calls = [];
    isAway = false;
    term = new LeaderTerm({ leaderId: 'c', epoch: 1, clock, leaseMs: 1e9, sentMs: 0 });
    const snapshots = new Proxy(stores.snapshots, {
      get:
        (target, method) =>
        async (...args: never[]) => {
          calls.push(String(method));
          if (isAway) throw new Error('the bucket is away');
          return (Reflect.get(target, method) as (...a: never[]) => unknown).apply(target, args);
        },
    });
    const segments = new SegmentStore({ snapshots, colonyName: 'test', table: TABLE });
    store = new TableStore({ table: TABLE, log: stores.log, segments });
    const tables = {
      statistics: store,
      surveys: new TableStore({ table: TABLE, log: stores.log }),
    };
    const record = () => startedRecord();
    void new SeriesCompaction({ tables, clock, log, record }).run(term);
  });
  afterEach(async () => {
    term.end();
    await clock.advance(60_000);
  });

  const append = async (from: number, through: number) => {
    for (let tick = from; tick <= through; tick += 1_280) {
      const rows = Array.from({ length: 64 }, (_, i) => rowAt(tick + i * 20));
      await store.append(colonyInstanceId, rows);
    }
  };
  const segments = async () => (await stores.snapshots.list('')).length;

  test('looks after a while, and then when a segment has become whole', async () => {
    await append(0, 2 * SEGMENT);
    expect(await segments()).toBe(0);
    await clock.advance(5_100);
    expect(await segments()).toBe(2);
    const before = calls.length;
    await clock.advance(60_000);
    expect(calls.length).toBe(before);
    await append(2 * SEGMENT + 1_280, 3 * SEGMENT);
    await clock.advance(1_100);
    expect(await segments()).toBe(3);
  });

  test('goes on when the store is there again; meanwhile rows are still stored', async () => {
    isAway = true;
    await append(0, 2 * SEGMENT);
    await clock.advance(30_000);
    expect(log.messages('info')).toContain('rows are not compacted');
    isAway = false;
    await clock.advance(10_100);
    expect(await segments()).toBe(2);
  });

  test('ends with the term', async () => {
    term.end();
    await append(0, 2 * SEGMENT);
    await clock.advance(60_000);
    expect(calls).toEqual([]);
  });
});

describe('rows that are far ahead of their compaction', () => {
  test('wait for it', async () => {
    const { store } = new Stores().open();
    await store.append('i-1', [rowAt(0)]);
    expect(await store.storedThroughTick('i-1')).toBe(0);
    await store.append('i-1', [rowAt(64 * SEGMENT)]);
    const beyond = store.append('i-1', [rowAt(64 * SEGMENT + 20)]);
    await expect(beyond).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'rows of test since tick 0 wait to be compacted',
    });
    store.compacted('i-1', SEGMENT);
    await store.append('i-1', [rowAt(64 * SEGMENT + 20)]);
    expect(store.appended).toEqual({ colonyInstanceId: 'i-1', tick: 64 * SEGMENT + 20 });
  });

  test('do not wait where there is nothing to compact them into', async () => {
    const store = new TableStore({ table: TABLE, log: new Stores().log });
    await store.storedThroughTick('i-1');
    await store.append('i-1', [rowAt(1_000 * SEGMENT)]);
    expect(store.appended?.tick).toBe(1_000 * SEGMENT);
  });

  test('are no more than one where rows begin later than the world', async () => {
    const { store } = new Stores().open();
    expect(await store.storedThroughTick('i-1')).toBe(-1);
    await store.append('i-1', [rowAt(1_000 * SEGMENT)]);
    await store.append('i-1', [rowAt(1_000 * SEGMENT + 20)]);
    expect(store.appended?.tick).toBe(1_000 * SEGMENT + 20);
  });

  test('are no more than one where there are no rows of a long time before', async () => {
    const stores = new Stores();
    await stores.append(20, 40);
    const { store } = stores.open();
    await store.storedThroughTick('instance-1');
    await store.append('instance-1', [rowAt(1_000 * SEGMENT)]);
    expect(store.appended?.tick).toBe(1_000 * SEGMENT);
  });

  test('are counted from where a former leader left off', async () => {
    const stores = new Stores();
    await stores.append(10 * SEGMENT + 20, 10 * SEGMENT + 20);
    const { store } = stores.open();
    const last = await store.storedThroughTick('instance-1');
    expect(last).toBe(10 * SEGMENT + 20);
    await store.append('instance-1', [rowAt(74 * SEGMENT)]);
    await expect(store.append('instance-1', [rowAt(74 * SEGMENT + 20)])).rejects.toThrow();
  });
});
