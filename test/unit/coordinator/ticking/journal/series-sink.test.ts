import { beforeEach, describe, expect, test } from 'vitest';
import { TableStore } from '../../../../../services/coordinator/series/table-store.ts';
import type {
  Entries,
  JournalEntry,
} from '../../../../../services/coordinator/ticking/journal/journal-sink.ts';
import { SeriesSink } from '../../../../../services/coordinator/ticking/journal/series-sink.ts';
import { STATISTICS_TABLE } from '../../../../../services/protocol/series/tables.ts';
import { EMPTY_STATISTICS } from '../../../../../services/world/measuring/statistics.ts';
import { MemorySeriesLog } from '../../../../simulation/stores/memory-series-log.ts';

const INSTANCE = 'instance-1';

const entry = (tick: number): JournalEntry => ({
  ...{ tick, digest: undefined },
  statistics: { ...EMPTY_STATISTICS, food: tick + 1 },
});
const entries = (from: number, to: number): Entries => {
  const ticks = Array.from({ length: (to - from) / 20 + 1 }, (_, i) => from + i * 20);
  return ticks.map(entry) as unknown as Entries;
};

describe('the sink of a table', () => {
  let log: MemorySeriesLog;
  beforeEach(() => {
    log = new MemorySeriesLog();
  });
  const sinkOf = (afterTick = -1, from = 0) =>
    new SeriesSink({
      store: new TableStore({ table: STATISTICS_TABLE, log }),
      colonyInstanceId: INSTANCE,
      rowOf: ({ tick, statistics }) => (tick >= from ? { tick, ...statistics } : undefined),
      afterTick,
    });
  const stored = async () =>
    (await log.list(INSTANCE)).map(({ tick, columns }) => [tick, columns['tick'], columns['food']]);

  test('stores the row of genesis at once, and others five at a time', async () => {
    const sink = sinkOf();
    expect(await sink.accept(entries(0, 60), -1)).toBe(0);
    expect(await sink.accept(entries(20, 60), -1)).toBe(19);
    expect(await stored()).toEqual([[0, [0], [1]]]);
    expect(sink.waiting.map(({ tick }) => tick)).toEqual([20, 40, 60]);
    expect(await sink.accept(entries(20, 120), -1)).toBe(100);
    expect(sink.waiting.map(({ tick }) => tick)).toEqual([120]);
    const hundred = [100, [20, 40, 60, 80, 100], [21, 41, 61, 81, 101]];
    expect(await stored()).toEqual([[0, [0], [1]], hundred]);
  });

  test('stores the rows that somebody wants, before an item is full', async () => {
    const sink = sinkOf();
    await sink.accept(entries(0, 0), -1);
    expect(await sink.accept(entries(20, 60), 40)).toBe(40);
    expect(await sink.accept(entries(60, 100), 40)).toBe(100);
    expect((await stored()).map(([tick]) => tick)).toEqual([0, 40, 100]);
  });

  test('takes rows that are stored for durable, and stores them no second time', async () => {
    await sinkOf().accept(entries(0, 0), -1);
    await sinkOf().accept(entries(0, 100), -1);
    const replaying = sinkOf();
    expect(await replaying.accept(entries(0, 40), -1)).toBe(40);
    expect(await replaying.accept(entries(60, 120), -1)).toBe(119);
    expect((await stored()).map(([tick]) => tick)).toEqual([0, 100]);
    expect(replaying.waiting.map(({ tick }) => tick)).toEqual([120]);
  });

  test('ignores what the state of a checkpoint says of the ticks before it', async () => {
    const sink = sinkOf(137);
    expect(await sink.accept(entries(120, 120), -1)).toBe(120);
    await sink.accept(entries(140, 200), -1);
    expect((await stored()).map(([, ticks]) => ticks)).toEqual([[140, 160, 180, 200]]);
  });

  test('leaves the rows that are there as they are', async () => {
    const sink = sinkOf();
    await sink.accept(entries(0, 0), -1);
    // A former leader comes late.
    await log.append(INSTANCE, { tick: 100, columns: { tick: [100], food: [7] } });
    expect(await sink.accept(entries(20, 100), -1)).toBe(100);
    expect(await stored()).toEqual([
      [0, [0], [1]],
      [100, [100], [7]],
    ]);
  });

  test('lets entries pass that have no row', async () => {
    expect(await sinkOf(-1, 500).accept(entries(20, 80), -1)).toBe(80);
    expect(await sinkOf(-1, 500).accept(entries(440, 540), -1)).toBe(500);
  });

  test('keeps what it could not store for the next time', async () => {
    const sink = sinkOf();
    await sink.accept(entries(0, 0), -1);
    log.append = async () => {
      throw new Error('it is away');
    };
    await expect(sink.accept(entries(20, 100), -1)).rejects.toThrow('it is away');
    expect(sink.waiting.map(({ tick }) => tick)).toEqual([20, 40, 60, 80, 100]);
    log = new MemorySeriesLog();
  });
});
