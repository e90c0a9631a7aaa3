import { setTimeout as sleep } from 'node:timers/promises';
import type { Fortress } from './fortress.ts';

/** How fast a colony ticks. */
export interface Rate {
  /** Ticks a second: the median over seconds. */
  ticksPerSecond: number;
  /** Ticks for a second of the backends' processor time; undefined where that cannot be known. */
  ticksPerCpuSecond: number | undefined;
}

/** What a colony did for a while. */
export interface Watched extends Rate {
  /** The most bytes of memory by process. */
  peakBytes: Map<string, number>;
  /** What the logs grew by, for an hour like this. */
  logBytesPerHour: number;
}

const SECOND_MS = 1_000;

/** Watches a colony until something is done, and at least for so long. */
export async function watchDuring<T>(
  fortress: Fortress,
  atLeastMs: number,
  work: Promise<T>,
): Promise<{ result: T; watched: Watched }> {
  let isDone = false;
  const finished = Promise.all([work, sleep(atLeastMs)]).finally(() => {
    isDone = true;
  });
  finished.catch(() => undefined);
  const startedMs = performance.now();
  const logBytes = fortress.logBytes();
  const rates: number[] = [];
  const known: Progress[] = [];
  const peakBytes = new Map<string, number>();
  let last: { tick: number; atMs: number } | undefined;
  while (!isDone) {
    await sleep(SECOND_MS);
    const tick = await fortress.tick();
    const atMs = performance.now();
    if (tick === undefined) rates.push(0);
    else if (last !== undefined) rates.push(((tick - last.tick) * 1_000) / (atMs - last.atMs));
    if (tick !== undefined) {
      last = { tick, atMs };
      known.push({ tick, cpuSeconds: fortress.cpuSeconds() });
    }
    for (const [name, bytes] of fortress.memory()) {
      peakBytes.set(name, Math.max(bytes, peakBytes.get(name) ?? 0));
    }
  }
  const [result] = await finished;
  const hours = (performance.now() - startedMs) / 3_600_000;
  return {
    result,
    watched: {
      ticksPerSecond: median(rates),
      ticksPerCpuSecond: ticksPerCpuSecond(known),
      peakBytes,
      logBytesPerHour: Math.max(0, fortress.logBytes() - logBytes) / hours,
    },
  };
}

export const meanRate = (a: Rate, b: Rate): Rate => ({
  ticksPerSecond: (a.ticksPerSecond + b.ticksPerSecond) / 2,
  ticksPerCpuSecond:
    a.ticksPerCpuSecond === undefined || b.ticksPerCpuSecond === undefined
      ? undefined
      : (a.ticksPerCpuSecond + b.ticksPerCpuSecond) / 2,
});

/** How far a colony was at a moment, and what its backends had used by then. */
export interface Progress {
  tick: number;
  cpuSeconds: number | undefined;
}

export function ticksPerCpuSecond(known: readonly Progress[]): number | undefined {
  const [first, last] = [known[0], known.at(-1)];
  if (first?.cpuSeconds === undefined || last?.cpuSeconds === undefined) return undefined;
  const seconds = last.cpuSeconds - first.cpuSeconds;
  return seconds > 0 ? (last.tick - first.tick) / seconds : undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
