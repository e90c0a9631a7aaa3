import type { Manifest } from '../../protocol/checkpoint/manifest.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { WrittenReport } from './next-manifest.ts';

/** What one checkpointer takes checkpoints of. */
export interface CheckpointedRun {
  scope: ColonyScope;
  topology: Topology;
  /** The event log is known through this sequence. */
  eventSeq: () => number;
  /** What was measured up to this tick is stored. */
  durableThroughTick: () => number;
  /** Has what was measured up to a tick stored soon: it may wait for more otherwise. */
  wantDurable: (throughTick: number) => void;
}

/** A checkpoint that backends have been asked for. */
export interface Attempt {
  readonly tick: number;
  /** Backends sample it for a picture too. */
  readonly withPicture: boolean;
  /** By boot id. */
  readonly written: Map<string, WrittenReport>;
  /** When all shards were found beyond its tick; or in it, where they stand. */
  passedMs: number | undefined;
  /** Somebody waits for it, and the world stands meanwhile. */
  awaited?: { resolve: () => void; reject: (error: Error) => void };
}

export const newAttempt = (tick: number, withPicture = false): Attempt => ({
  tick,
  withPicture,
  written: new Map(),
  passedMs: undefined,
});

/** The names of those whose parts have not come, for people. @param owners their names by boot id */
export const silentOf = ({ written }: Attempt, owners: ReadonlyMap<string, string>): string =>
  [...owners].flatMap(([bootId, id]) => (written.has(bootId) ? [] : [id])).join(', ');

/** How long the world stood still for one whose parts are written. */
export const stoodMsOf = ({ written }: Attempt): number =>
  Math.max(...[...written.values()].map(({ stoodMs }) => stoodMs));

/** Makes pictures of checkpoints. */
export interface CheckpointPictures {
  /** Whether the next one is to have a picture. */
  readonly isDue: boolean;
  /** To be called with one that has; never throws, and is not waited for. */
  take(manifest: Manifest): void;
}

/** What outlasts a topology. */
export interface CheckpointPast {
  /** How long the world has ticked since the last checkpoint. */
  readonly tickedMs: number;
  /** How long the last one took, from when all shards had passed its tick until the record pointed at it. */
  readonly tookMs: number;
}

/** So long after all shards have passed its tick a part that is not written is waited for no more. */
export const PART_PATIENCE_MS = 600_000;

/** @param tick the least one of all shards. */
export const hasPassed = ({ tick: its, awaited }: Attempt, tick: number): boolean =>
  tick > its || (tick === its && awaited !== undefined);
