import type { CheckpointAttempt, PartObject } from '../../protocol/checkpoint/manifest.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { Staging } from './staging.ts';

/** What a part is of, and where it goes: plain data. */
export interface PartPlan {
  readonly colonyName: string;
  readonly colonyInstanceId: string;
  readonly attempt: CheckpointAttempt;
  readonly bootId: string;
  readonly world: { readonly width: number; readonly height: number; readonly shardSize: number };
  /** An object of so many bytes or more is closed, and the next one begun. */
  readonly objectBytes: number;
  /** A picture is to be made of it too, under these rules. @default none */
  readonly picture?: { readonly rules: Rules } | undefined;
}

/** Writes what was copied out of the shards, while these tick on. */
export interface CheckpointWriter {
  /**
   * Begins a part.
   *
   * @param signal once it is aborted, the part is not wanted any more: nothing further is stored.
   */
  begin(plan: PartPlan, staging: Staging, signal: AbortSignal): PartWriting;
  /** Ends all work; resolves once nothing is read any more. */
  close(): Promise<void>;
}

/** A part that is being written. What it promises rejects once the part has failed, and soon after an abort. */
export interface PartWriting {
  /** Grows while it makes progress. */
  readonly progress: number;
  /** Resolves, once the part has ended in any way, when the slots are not read any more: soon after an abort. */
  readonly released: Promise<void>;
  /**
   * Encodes the bands of a round, the rounds in their order. Resolves when the slots have been read; it may
   * have to wait until what was encoded before is stored.
   */
  take(round: number): Promise<void>;
  /**
   * Stores the rest, after the last round.
   *
   * @throws ColonyError STORE_UNAVAILABLE, and whatever else a store throws.
   */
  finish(): Promise<PartObject[]>;
}
