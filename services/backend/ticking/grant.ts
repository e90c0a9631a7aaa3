import { TICK_MAX } from '../../protocol/common/limits.ts';

/** A grant as a heartbeat brings it. */
export interface GivenGrant {
  epoch: number;
  /** Orders the grants of an epoch. */
  number: number;
  horizon: number;
  /** null: as fast as possible. */
  ticksPerSecond: number | null;
}

/**
 * How far and how fast the leader lets the shards of one colony instance run. The newest grant holds, by epoch
 * and number, be it larger or smaller than the one before: an older one that arrives late is void, so that
 * what a leader is told here is what holds.
 */
export class Grant {
  #epoch = 0;
  #number = 0;
  #horizon = 0;
  #ticksPerSecond: number | null = null;

  /** Shards may run to this tick. */
  get horizon(): number {
    return this.#horizon;
  }

  /** null: as fast as possible. */
  get ticksPerSecond(): number | null {
    return this.#ticksPerSecond;
  }

  /** The grant in force, as the status reports it. */
  get inForce(): { epoch: number; number: number; horizon: number } {
    return { epoch: this.#epoch, number: this.#number, horizon: this.#horizon };
  }

  /** Lets shards that start in the state of this tick run no further, until the next grant: its order stays. */
  startAt(tick: number): void {
    this.#horizon = tick;
  }

  /** @param ticksBegun the ticks that are done or under way: what has begun is not taken back. */
  apply({ epoch, number, horizon, ticksPerSecond }: GivenGrant, ticksBegun: number): void {
    const isNewer = epoch > this.#epoch || (epoch === this.#epoch && number > this.#number);
    if (!isNewer) return;
    this.#epoch = epoch;
    this.#number = number;
    this.#horizon = Math.min(Math.max(horizon, ticksBegun), TICK_MAX);
    this.#ticksPerSecond = ticksPerSecond;
  }
}
