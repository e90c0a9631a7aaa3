import type { Clock } from '../runtime/clock.ts';

/** What a process takes of its machine. */
export interface ProcessUsage {
  /** Resident memory. */
  memoryBytes: number;
  /** Processor time of all threads since it began. */
  processorMs: number;
}

/** Reading the resident memory opens a file, which is not done for each of many heartbeats. */
const FRESH_MS = 1_000;

/** Reads the usage of this process; its memory at most once a second. */
export function readProcessUsage(clock: Pick<Clock, 'nowMs'>): () => ProcessUsage {
  let memoryBytes = 0;
  let readMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.nowMs();
    if (nowMs - readMs >= FRESH_MS) {
      memoryBytes = process.memoryUsage.rss();
      readMs = nowMs;
    }
    const { user, system } = process.cpuUsage();
    return { memoryBytes, processorMs: (user + system) / 1000 };
  };
}
