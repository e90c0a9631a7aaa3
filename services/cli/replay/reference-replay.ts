import type { Clock } from '../../platform/runtime/clock.ts';
import { formatDigest } from '../../world/measuring/digest.ts';
import { SingleWorld } from '../../world/single-world.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { Replay, ReplayOptions } from './replay.ts';

/** About 100 ms of work. */
const CELLS_PER_TURN = 2_000_000;

/** A world that the readable kernel computes, in the calling thread. */
export class ReferenceReplay implements Replay {
  readonly #world: SingleWorld;
  readonly #clock: Clock;

  /** @throws RangeError if it is too large for typed arrays. */
  constructor(spec: WorldSpec, options: ReplayOptions, clock: Clock) {
    this.#world = new SingleWorld(spec, options);
    this.#clock = clock;
  }

  get spec(): WorldSpec {
    return this.#world.spec;
  }

  get tick(): number {
    return this.#world.tick;
  }

  async advance(most: number): Promise<void> {
    const { width, height } = this.spec;
    const turn = Math.max(1, Math.floor(CELLS_PER_TURN / (width * height)));
    for (let ticks = Math.min(turn, most); ticks > 0; ticks--) this.#world.step();
    await this.#clock.yieldToIo();
  }

  async digest(): Promise<string> {
    return formatDigest(this.#world.digest());
  }

  async close(): Promise<void> {}
}
