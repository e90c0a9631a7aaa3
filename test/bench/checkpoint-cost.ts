import type { LocalColony } from './local-colony.ts';
import { type Summary, summarise } from './summary.ts';
import { type Pace, paceBetween } from './ticking.ts';

/** What checkpoints cost: the ratio of a colony with them and one without, over the same ticks. */
export interface CheckpointCost {
  /** With checkpoints every 10 s, and without. */
  with: Pace;
  without: Pace;
  /** Ticks a second with them, for those without. */
  timesTicksPerSecond: Summary;
  /** Processor time of all processes likewise; null where it cannot be known. */
  timesCpu: Summary | null;
}

const PAIRS = 5;
/** Measured from the end of a checkpoint to that of the second after it: neither more nor less than two of them. */
const CYCLES = 2;

interface Pair {
  with: Pace;
  without: Pace;
}

/**
 * Two colonies of one spec take turns, the other paused meanwhile: the one with checkpoints ticks for two
 * of their intervals, then the one without ticks the same ticks.
 */
export async function measureCost(
  { withThem, without }: { withThem: LocalColony; without: LocalColony },
  cells: number,
): Promise<CheckpointCost> {
  const pairs: Pair[] = [];
  while (pairs.length < PAIRS) {
    await withThem.api.resume();
    await untilNextCheckpoints(withThem, 1);
    const from = await withThem.moment();
    await untilNextCheckpoints(withThem, CYCLES);
    const to = await withThem.moment();
    await withThem.api.pause();

    await without.api.resume();
    await without.ticksTo(from.tick);
    const baseFrom = await without.moment();
    await without.ticksTo(to.tick);
    const baseTo = await without.moment();
    await without.api.pause();
    pairs.push({
      with: paceBetween(from, to, cells),
      without: paceBetween(baseFrom, baseTo, cells),
    });
  }
  return {
    with: medianPace(pairs.map((pair) => pair.with)),
    without: medianPace(pairs.map((pair) => pair.without)),
    timesTicksPerSecond: summarise(
      pairs.map((pair) => pair.with.ticksPerSecond / pair.without.ticksPerSecond),
    ),
    timesCpu: ratios(pairs),
  };
}

async function untilNextCheckpoints(colony: LocalColony, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { checkpoint } = await colony.api.colony();
    const before = checkpoint?.tick ?? -1;
    await colony.shows('the next checkpoint', (view) => (view.checkpoint?.tick ?? -1) > before);
  }
}

function medianPace(paces: readonly Pace[]): Pace {
  const median = (values: readonly (number | null)[]) =>
    values.every((value) => value !== null) ? summarise(values).median : null;
  return {
    ticksPerSecond: summarise(paces.map(({ ticksPerSecond }) => ticksPerSecond)).median,
    cpuNsPerCellTick: median(paces.map(({ cpuNsPerCellTick }) => cpuNsPerCellTick)),
    coresUsed: median(paces.map(({ coresUsed }) => coresUsed)),
  };
}

function ratios(pairs: readonly Pair[]): Summary | null {
  const values = pairs.flatMap(({ with: { cpuNsPerCellTick: own }, without }) => {
    const { cpuNsPerCellTick: base } = without;
    return own === null || base === null ? [] : [own / base];
  });
  return values.length === 0 ? null : summarise(values);
}
