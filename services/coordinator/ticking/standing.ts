import type { Clock } from '../../platform/runtime/clock.ts';
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
    const { clock, heartbeatIntervalMs, grants, isRunning, nudge } = this.#parts;
    const thaw = grants.freeze();
    const recall = grants.recall(tick);
    if (isRunning() && grants.granted > tick) {
      nudge();
      const acknowledged = new AbortController();
      const patience = clock.sleep(2 * heartbeatIntervalMs, acknowledged.signal).catch(() => {});
      await Promise.race([recall.acknowledged, patience]);
      acknowledged.abort();
    }
    const release = () => {
      recall.end();
      thaw();
      nudge();
    };
    return { granted: grants.granted, release };
  }

  /** Lets every backend run exactly to one tick, as near as can be to `tick`, and stand there. */
  async standNear(tick: number): Promise<Held> {
    const { grants, nudge } = this.#parts;
    const { granted, release } = await this.hold(tick);
    // Those that are behind come up to where the others stand, or one that was silent may have run.
    const letGo = grants.pin(granted);
    release();
    return {
      granted,
      release: () => {
        letGo();
        nudge();
      },
    };
  }
}
