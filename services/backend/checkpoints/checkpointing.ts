import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { CheckpointReport } from '../../protocol/checkpoint/manifest.ts';
import { PART_OBJECT_BYTES } from '../../protocol/checkpoint/part-object-writer.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import type { StateOrigin } from '../../world/events/origin.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { BackendCount } from '../metrics/backend-metrics.ts';
import type { CheckpointWriter, PartPlan, PartWriting } from './checkpoint-writer.ts';
import { progressing } from './progressing.ts';
import { type Measured, measuredOf, type StagedShards } from './staged-shards.ts';
import type { Staging } from './staging.ts';

/** Where checkpoints are written. */
export interface CheckpointPlace {
  readonly writer: CheckpointWriter;
  readonly colonyName: string;
}

export interface CheckpointingParts {
  topology: Topology;
  ownIndex: number;
  /** @default none: whatever is asked for fails */
  place?: CheckpointPlace | undefined;
  clock: Clock;
  log: Log;
  count?: BackendCount | undefined;
}

/** A checkpoint as a heartbeat asks for it. */
export interface AskedCheckpoint {
  /** undefined: it asks for none. */
  tick: number | undefined;
  /** Its shards are sampled for a picture too. @default false */
  withPicture?: boolean | undefined;
  epoch: number;
  /** Orders the heartbeats of an epoch. */
  number: number;
}

interface Asked {
  readonly tick: number;
  readonly withPicture: boolean;
  readonly epoch: number;
}

/** While the world stands, a writer that makes no progress for so long is given up. */
const STANDING_MAX_MS = 5_000;
/** Else so long: a store that is away may come back. */
const STALLED_MS = 120_000;
/** Of what the shards take in memory, for an object that is encoded while the one before it is stored. */
const OBJECT_SHARE = 1 / 64;
const OBJECT_LEAST_BYTES = 8 * 2 ** 20;
const REASON_MAX = 500;
const NEVER = -1;

/**
 * The checkpoints of one topology on this backend, one at a time: what was asked for last is what is
 * written and what is told, and the one before it is given up.
 *
 *     asked ──its tick──▶ copied out ──the world ticks on──▶ written
 *       └──────────────────────┴────────────────────────────▶ failed
 */
export class Checkpointing {
  readonly #parts: CheckpointingParts;
  #asked: Asked | undefined;
  /** The newest heartbeat that asked for one. */
  #newest: readonly [epoch: number, number: number] = [-1, -1];
  #report: CheckpointReport | undefined;
  #dueTick = NEVER;
  /** Of the checkpoint that was asked for last. */
  #given = new AbortController();
  /** The part that may still be reading the slots. */
  #writing: PartWriting | undefined;

  constructor(parts: CheckpointingParts) {
    this.#parts = parts;
  }

  /** The state that is to be copied out next; no tick at all if there is none. */
  get dueTick(): number {
    return this.#dueTick;
  }

  /** What became of the checkpoint that was asked for last. */
  get report(): CheckpointReport | undefined {
    return this.#report;
  }

  /**
   * A heartbeat asks for a checkpoint, or for none. One that was asked for before stays as it is, and an older
   * heartbeat changes nothing. One that has failed may be asked for again after a heartbeat without any: its
   * leader knows of it then, and a world that stands has no other state to offer.
   *
   * @param ticksBegun the ticks that are done or under way: earlier states are gone.
   */
  ask(given: AskedCheckpoint, ticksBegun: number): void {
    const { topology, ownIndex } = this.#parts;
    const [epoch, number] = this.#newest;
    if ((given.epoch - epoch || given.number - number) <= 0) return;
    this.#newest = [given.epoch, given.number];
    const { tick, withPicture = false } = given;
    if (tick === undefined) {
      if (this.#report?.state !== 'failed') return;
      this.#asked = undefined;
      this.#report = undefined;
      return;
    }
    const last = this.#asked;
    if (last?.epoch === given.epoch && last.tick === tick) return;
    this.#giveUp('another checkpoint was asked for');
    const asked = { tick, withPicture, epoch: given.epoch };
    this.#asked = asked;
    this.#given = new AbortController();
    // Without shards there is nothing to write, nor to tell.
    if (!topology.owners.includes(ownIndex)) return;
    if (this.#parts.place === undefined) {
      this.#fail(asked, 'this backend has no snapshot store');
    } else if (tick < ticksBegun) {
      this.#fail(asked, `the state of tick ${tick} is gone: ${ticksBegun} ticks have begun`);
    } else {
      this.#report = { state: 'pending', tick, epoch: given.epoch };
      this.#dueTick = tick;
    }
  }

  /**
   * Copies the state out, while the world stands, and has it written. Whatever the writer does, ticking can
   * go on afterwards.
   *
   * @param digest of this state, if it was measured already.
   * @returns false if work on the shards was aborted.
   * @throws Error if the shards cannot be copied: then they cannot be ticked either.
   */
  async copyOut(shards: StagedShards, digest: string | undefined): Promise<boolean> {
    this.#dueTick = NEVER;
    const { clock, place } = this.#parts;
    const { staging } = shards;
    const asked = this.#asked;
    if (asked === undefined || place === undefined || staging === undefined) return true;
    if (this.#writing !== undefined) {
      this.#fail(asked, 'the one before is still being written');
      return true;
    }
    const startedMs = clock.nowMs();
    const { signal } = this.#given;
    const measured = await measuredOf(shards, digest);
    if (measured === undefined) return false;
    // Another one may have been asked for meanwhile: nothing of this one must be in its way.
    if (signal.aborted) return true;
    const writing = this.#begin(asked, place, staging, shards);
    if (writing === undefined) return true;
    for (let round = 0; round < staging.rounds.length && !signal.aborted; round++) {
      if (!(await shards.stage(round))) {
        this.#giveUp('the shards are not needed any more');
        return false;
      }
      const taken = writing.take(round);
      taken.catch(() => undefined);
      if (round === staging.rounds.length - 1) break;
      try {
        await progressing(taken, writing, STANDING_MAX_MS, clock);
      } catch (error) {
        this.#fail(asked, messageOf(error));
      }
    }
    const stoodMs = clock.nowMs() - startedMs;
    const stood = 'colony_backend_checkpoint_standing_seconds_total';
    this.#parts.count?.(stood, {}, stoodMs / 1000);
    const { conditions, schedule } = shards.originHere();
    void this.#finish(asked, writing, {
      ...{ ...measured, shards: shards.size, stoodMs },
      origin: { conditions, schedule },
    });
    return true;
  }

  /** Gives up what is under way, for good; resolves once the slots are not read any more. */
  async drop(): Promise<void> {
    this.#giveUp('the topology is dropped');
    await this.#writing?.released;
  }

  #begin(
    asked: Asked,
    place: CheckpointPlace,
    staging: Staging,
    shards: StagedShards,
  ): PartWriting | undefined {
    try {
      const { rules } = shards.originHere().conditions;
      const plan = this.#planOf(asked, place, staging, rules);
      const writing = place.writer.begin(plan, staging, this.#given.signal);
      this.#writing = writing;
      void writing.released.then(() => {
        this.#writing = undefined;
      });
      return writing;
    } catch (error) {
      this.#fail(asked, messageOf(error));
      return undefined;
    }
  }

  #planOf(
    { tick, epoch, withPicture }: Asked,
    { colonyName }: CheckpointPlace,
    { plan }: Staging,
    rules: Rules,
  ): PartPlan {
    const { topology } = this.#parts;
    const { colonyInstanceId, topologyVersion, width, height, shardSize } = topology;
    const share = Math.max(OBJECT_LEAST_BYTES, OBJECT_SHARE * plan.shardBytes);
    return {
      colonyName,
      colonyInstanceId,
      attempt: { tick, epoch, topologyVersion },
      bootId: this.#self.bootId,
      world: { width, height, shardSize },
      objectBytes: Math.floor(Math.min(PART_OBJECT_BYTES, share)),
      ...(withPicture && { picture: { rules } }),
    };
  }

  async #finish(
    asked: Asked,
    writing: PartWriting,
    copied: Measured & {
      shards: number;
      stoodMs: number;
      origin: Pick<StateOrigin, 'conditions' | 'schedule'>;
    },
  ): Promise<void> {
    const { clock, log } = this.#parts;
    const { tick, epoch } = asked;
    const { digest, changes, shards, stoodMs, origin } = copied;
    const { id, bootId } = this.#self;
    const startedMs = clock.nowMs();
    try {
      const objects = await progressing(writing.finish(), writing, STALLED_MS, clock);
      if (this.#asked !== asked || this.#given.signal.aborted) return;
      const part = { bootId, id, shards, digest, ...(changes && { changes }), objects };
      this.#report = { state: 'written', tick, epoch, part, origin, stoodMs };
      const sizeBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
      this.#parts.count?.('colony_backend_checkpoint_parts_total', { outcome: 'written' });
      this.#parts.count?.('colony_backend_checkpoint_bytes_total', {}, sizeBytes);
      const writtenMs = Math.round(clock.nowMs() - startedMs);
      log.debug({ tick, sizeBytes, stoodMs, writtenMs }, 'Its part of a checkpoint is written.');
    } catch (error) {
      this.#fail(asked, messageOf(error));
    }
  }

  /** The part fails; ticking does not. Only the first reason counts. */
  #fail(asked: Asked, reason: string): void {
    if (this.#asked !== asked || this.#given.signal.aborted) return;
    const { tick, epoch } = asked;
    const line = reason.replace(/\s+/g, ' ').slice(0, REASON_MAX);
    this.#given.abort(new Error(line));
    this.#report = { state: 'failed', tick, epoch, reason: line };
    this.#parts.count?.('colony_backend_checkpoint_parts_total', { outcome: 'failed' });
    this.#parts.log.warn({ tick, reason: line }, 'Its part of a checkpoint is not written.');
  }

  #giveUp(why: string): void {
    this.#dueTick = NEVER;
    this.#given.abort(new Error(why));
  }

  get #self(): Topology['backends'][number] {
    const { topology, ownIndex } = this.#parts;
    const self = topology.backends[ownIndex];
    if (self === undefined) throw new Error(`backend ${ownIndex} is not in the topology`);
    return self;
  }
}
