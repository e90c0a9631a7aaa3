import { RateMeter } from './rate-meter.ts';
import type { TrackedBackend } from './tracked-backend.ts';

/** Grants are planned by the rate of the last moments: an average of longer would lag behind. */
const RECENT_MS = 1_500;

/** How far the backends of a topology are together, and how fast. */
export class ProgressMeter {
  readonly #backends: readonly TrackedBackend[];
  /** What is shown, and what the next grants are planned by. */
  readonly #rate = new RateMeter();
  readonly #recentRate = new RateMeter(RECENT_MS);

  constructor(backends: readonly TrackedBackend[]) {
    this.#backends = backends;
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
    return Math.max(0, ...this.#backends.map(({ status }) => status?.colony?.tick ?? 0));
  }

  get ticksPerSecond(): number | undefined {
    return this.#rate.ticksPerSecond();
  }

  get recentTicksPerSecond(): number | undefined {
    return this.#recentRate.ticksPerSecond();
  }

  /** A backend has answered. */
  answered(nowMs: number): void {
    const { tick } = this;
    if (tick === undefined) return;
    this.#rate.add(nowMs, tick);
    this.#recentRate.add(nowMs, tick);
  }
}
