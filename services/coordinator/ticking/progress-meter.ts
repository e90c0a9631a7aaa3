import type { Topology } from '../../protocol/layout/topology.ts';
import { firstTickOf } from '../../world/events/origin.ts';
import type { Progress } from './horizon.ts';
import { RateMeter } from './rate-meter.ts';
import type { TrackedBackend } from './tracked-backend.ts';

/** Grants are planned by the rate of the last moments: a longer average would lag behind. */
const RECENT_MS = 1_500;

/** The progress of all backends of a topology together: their tick and their speed. */
export class ProgressMeter {
  readonly #backends: readonly TrackedBackend[];
  /** One for what is shown, one for planning the next grants. */
  readonly #rate = new RateMeter();
  readonly #recentRate = new RateMeter(RECENT_MS);

  readonly #firstTick: number;
  readonly #isHeld: boolean;

  /** @param isHeld the backends may be anywhere; else they are where the topology starts. */
  constructor(
    backends: readonly TrackedBackend[],
    { topology, isHeld }: { topology: Pick<Topology, 'origin'>; isHeld: boolean },
  ) {
    this.#backends = backends;
    this.#firstTick = firstTickOf(topology.origin);
    this.#isHeld = isHeld;
  }

  /** The least tick over all shards; undefined until every backend has answered once. */
  get tick(): number | undefined {
    let least = Number.POSITIVE_INFINITY;
    for (const { status } of this.#backends) {
      if (status?.colony === undefined) return undefined;
      least = Math.min(least, status.colony.tick);
    }
    return least;
  }

  get maxTick(): number {
    return Math.max(
      this.#firstTick,
      ...this.#backends.map(({ status }) => status?.colony?.tick ?? 0),
    );
  }

  /** To be shown: measured since the colony stood last. */
  get ticksPerSecond(): number | undefined {
    return this.#rate.ticksPerSecond();
  }

  /** @param ticksPerSecond the asked pace */
  progress(ticksPerSecond: number | null): Progress {
    return {
      maxTick: this.maxTick,
      isKnown: !this.#isHeld || this.tick !== undefined,
      ticksPerSecond,
      achievedTicksPerSecond: this.#recentRate.ticksPerSecond() ?? 0,
    };
  }

  /**
   * To be called when a backend has answered.
   *
   * @param stands whether the colony is paused at this tick: then what is shown of its speed is over.
   */
  answered(nowMs: number, stands = false): void {
    const { tick } = this;
    if (tick === undefined) return;
    if (stands) this.#rate.restart();
    this.#rate.add(nowMs, tick);
    this.#recentRate.add(nowMs, tick);
  }
}
