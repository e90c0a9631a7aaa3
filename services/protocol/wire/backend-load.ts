import { z } from 'zod';

/** What the shards of a backend wait for when they do not tick. */
export const WAITS = [
  /** A neighbour's halo. */
  'halos',
  /** The leader's next grant, or the end of a pause. */
  'horizon',
  /** The next tick of the asked pace. */
  'pace',
  /** Samples to be stored. */
  'samples',
] as const;
export type Wait = (typeof WAITS)[number];

const count = z.int().min(0);

/** Milliseconds for each wait. */
export type Waited = Readonly<Record<Wait, number>>;

/**
 * What a backend measures of itself. All but the memory are sums since its process began, so that whoever looks
 * twice knows what happened in between, however often others look.
 */
export const backendLoadSchema = z.strictObject({
  /** By its own clock, by which it waits too. */
  uptimeMs: count,
  /** Resident memory of the process. */
  memoryBytes: count,
  /** Processor time of all its threads. */
  processorMs: count,
  /** Of the shards it held, replayed ones included. */
  computedTicks: count,
  waitedMs: z.strictObject({ halos: count, horizon: count, pace: count, samples: count }),
});
export type BackendLoad = z.infer<typeof backendLoadSchema>;
