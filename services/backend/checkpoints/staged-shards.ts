import { type Sample, STATISTICS_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import type { StateOrigin } from '../../world/events/origin.ts';
import type { Staging } from './staging.ts';

/** The shards whose state is written; see `ShardSet`. */
export interface StagedShards {
  readonly size: number;
  readonly staging: Staging | undefined;
  /** Copies the bands of a round into their slots; false if that was aborted. */
  stage(round: number): Promise<boolean>;
  measure(withDigest: boolean): Promise<Sample | undefined>;
  originHere(): StateOrigin;
}

/** What a part says of the state of its shards. */
export type Measured = Pick<Sample, 'changes'> & { digest: string };

/** @returns undefined if work on the shards was aborted. */
export async function measuredOf(
  shards: Pick<StagedShards, 'measure'>,
  digest: string | undefined,
): Promise<Measured | undefined> {
  if (digest !== undefined) return { digest };
  const sample = await shards.measure(true);
  if (sample?.digest === undefined) return undefined;
  const { tick, changes } = sample;
  // Where there is a sample the changes are in it.
  const isTold = changes !== undefined && tick % STATISTICS_EVERY_TICKS !== 0;
  return { digest: sample.digest, ...(isTold && { changes }) };
}
