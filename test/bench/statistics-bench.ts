import { nextStep, type StoredSeries } from '../../services/coordinator/series/compaction.ts';
import { fromParquet, toParquet } from '../../services/platform/series/parquet.ts';
import {
  coarser,
  everyTicks,
  levelsOf,
  segmentTicks,
} from '../../services/protocol/series/levels.ts';
import type { Row } from '../../services/protocol/series/table.ts';
import { STATISTICS_TABLE } from '../../services/protocol/series/tables.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { type Summary, summarise } from './summary.ts';

export interface StatisticsResult {
  /** Bytes of a segment, of levels 0 and 1. */
  segmentBytes: [number, number];
  /** What is kept of a colony at 60 ticks a second, in bytes. */
  keptBytes: { day: number; year: number };
  /** Milliseconds of the leader for a segment. */
  writeMs: Summary;
  readMs: Summary;
}

const ROWS = 1024;
const RUNS = 11;
/** A world of 128 × 128 cells stands for the default one. */
const SIDE = 128;
const TICKS_PER_SECOND = 60;

/** How large the statistics of a colony are, and what they cost its leader. */
export async function benchStatistics(): Promise<StatisticsResult> {
  const rows = rowsOfAWorld(4 * ROWS);
  const newest = rows.slice(-ROWS);
  const segment = await toParquet(STATISTICS_TABLE, newest);
  const coarse = coarser(STATISTICS_TABLE, rows, everyTicks(STATISTICS_TABLE, 1));
  const above = await toParquet(STATISTICS_TABLE, coarse.slice(-ROWS));
  const segmentBytes: [number, number] = [segment.byteLength, above.byteLength];
  const [finest, coarser1] = segmentBytes;
  const kept = (days: number) => {
    const [level0 = 0, ...others] = segmentsAfter(days * 86_400 * TICKS_PER_SECOND);
    return level0 * finest + others.reduce((sum, count) => sum + count, 0) * coarser1;
  };
  const [writes, reads]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    writes.push(await timed(() => toParquet(STATISTICS_TABLE, newest)));
    reads.push(await timed(() => fromParquet(STATISTICS_TABLE, segment)));
  }
  return {
    segmentBytes,
    keptBytes: { day: kept(1), year: kept(365) },
    writeMs: summarise(writes),
    readMs: summarise(reads),
  };
}

/** Of each fifth tick, as if it were of each twentieth; as many creatures as the default world has. */
function rowsOfAWorld(count: number): Row[] {
  const { width, height } = DEFAULT_WORLD_SPEC;
  const world = new SingleWorld({
    ...DEFAULT_WORLD_SPEC,
    width: SIDE,
    height: SIDE,
    shardSize: SIDE,
  });
  const times = (width * height) / SIDE ** 2;
  // Digits that a small world does not have.
  const large = (value: number, i: number) => Math.round(value * times) + ((value * 31 + i) % 151);
  return Array.from({ length: count }, (_, i) => {
    const measured = { ...world.statistics(), ...world.takeChanges() };
    for (let step = 0; step < 5; step++) world.step();
    const values = Object.entries(measured).map(([name, value]) => [name, large(value, i)]);
    return { tick: i * STATISTICS_TABLE.everyTicks, ...Object.fromEntries(values) } as Row;
  });
}

/** How many segments of each level are kept after so many ticks. */
function segmentsAfter(ticks: number): number[] {
  const step = segmentTicks(STATISTICS_TABLE, 0);
  const kept: number[][] = Array.from({ length: levelsOf(STATISTICS_TABLE) }, () => []);
  for (let item = step / 2; item <= ticks + step; item += step) {
    let stored: StoredSeries = { kept, oldestItemTick: item, storedThroughTick: item + step };
    for (;;) {
      const next = nextStep(STATISTICS_TABLE, stored);
      if (next === undefined) break;
      if (next.kind === 'drop') stored = { ...stored, oldestItemTick: item + step };
      if (next.kind === 'pack' || next.kind === 'merge') {
        kept[next.segment.level]?.push(next.segment.fromTick);
      }
      if (next.kind === 'retire') {
        for (const { level, fromTick } of next.segments) {
          kept[level] = (kept[level] ?? []).filter((one) => one !== fromTick);
        }
      }
    }
  }
  return kept.map((level) => level.length);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
