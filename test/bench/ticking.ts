import type { Moment } from './local-colony.ts';

/** How fast a colony ticked between two moments. */
export interface Pace {
  ticksPerSecond: number;
  /** Null where CPU time cannot be known. */
  cpuNsPerCellTick: number | null;
  /** Processors that were busy with it, on the average. */
  coresUsed: number | null;
}

/** @param cells of the whole world */
export function paceBetween(from: Moment, to: Moment, cells: number): Pace {
  const ticks = to.tick - from.tick;
  const wallNs = to.atNs - from.atNs;
  if (ticks <= 0 || wallNs <= 0) throw new Error(`nothing ticked from ${from.tick} to ${to.tick}`);
  const cpuNs = to.cpuNs === null || from.cpuNs === null ? null : to.cpuNs - from.cpuNs;
  return {
    ticksPerSecond: (ticks * 1e9) / wallNs,
    cpuNsPerCellTick: cpuNs === null ? null : cpuNs / (ticks * cells),
    coresUsed: cpuNs === null ? null : cpuNs / wallNs,
  };
}

/** 1, 2, 4 … up to a number, and the number itself. */
export function doublingsTo(most: number): number[] {
  const steps: number[] = [];
  for (let n = 1; n < most; n *= 2) steps.push(n);
  return [...steps, most];
}

/**
 * How many cells a second a configuration ticks for what the smallest one does: n for n times as
 * many workers is perfect, for strong and weak scaling alike.
 */
export function speedups(rows: readonly { cells: number; ticksPerSecond: number }[]): number[] {
  const rates = rows.map(({ cells, ticksPerSecond }) => cells * ticksPerSecond);
  return rates.map((rate) => rate / (rates[0] as number));
}
