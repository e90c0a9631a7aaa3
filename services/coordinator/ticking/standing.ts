import type { Clock } from '../../platform/runtime/clock.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import type { Grants } from './grants.ts';

export interface StandingParts {
  clock: Clock;
  heartbeatIntervalMs: number;
  grants: Grants;
  /** Whether heartbeats are being sent. */
  isRunning: () => boolean;
  /** Sends heartbeats now. */
  nudge: () => void;
}

/** What is held, until it is released. */
export interface Held {
  /** No backend runs beyond this tick meanwhile. */
  readonly granted: number;
  readonly release: () => void;
}

/** Brings the backends of a topology to stand. */
export class Standing {
  readonly #parts: StandingParts;

  constructor(parts: StandingParts) {
    this.#parts = parts;
  }

  /**
   * Grants nothing more, and asks every backend to run no further than to a tick. Resolves once all have
   * acknowledged how far they run, or after two heartbeats at most, with what counts as granted then.
   */
  async hold(tick: number): Promise<Held> {
    const { grants } = this.#parts;
    const release = await this.#recall(Math.max(tick, grants.floor));
    return { granted: grants.granted, release };
  }

  /**
   * Lets every backend run exactly to one tick, as near as can be to `tick`, and stand there. In a replay that is
   * less than what is granted.
   */
  async standNear(tick: number): Promise<Held> {
    const { grants, nudge } = this.#parts;
    const release = await this.#recall(tick);
    // Those that are behind come up to where the others stand, or one that was silent may have run.
    const { running } = grants;
    const letGo = grants.pin(running);
    release();
    return {
      granted: running,
      release: () => {
        letGo();
        nudge();
      },
    };
  }

  async #recall(tick: number): Promise<() => void> {
    const { clock, heartbeatIntervalMs, grants, isRunning, nudge } = this.#parts;
    const thaw = grants.freeze();
    const recall = grants.recall(tick);
    if (isRunning() && grants.running > tick) {
      nudge();
      await isDoneWithin(clock, 2 * heartbeatIntervalMs, recall.acknowledged);
    }
    return () => {
      recall.end();
      thaw();
      nudge();
    };
  }
}
