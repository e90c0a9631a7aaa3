import type { Clock } from '../../platform/runtime/clock.ts';
import type { CellBlock } from '../../world/cells/cell-block.ts';
import { restoreTerrain } from '../../world/events/restore-terrain.ts';
import { formatDigest } from '../../world/measuring/digest.ts';
import { type Layer, type LayerRectangle, sampleLayer } from '../../world/measuring/layers.ts';
import { SingleWorld } from '../../world/single-world.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { Replay, ReplayOptions } from './replay.ts';

/** About 100 ms of work. */
const CELLS_PER_TURN = 2_000_000;

/** A world that the readable kernel computes, in the calling thread. */
export class ReferenceReplay implements Replay {
  readonly #world: SingleWorld;
  readonly #clock: Clock;

  private constructor(world: SingleWorld, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
  }

  /**
   * Allocates a world and brings it into its first state.
   *
   * @throws RangeError if it is too large for typed arrays.
   */
  static async create(
    spec: WorldSpec,
    { start, ...options }: ReplayOptions,
    clock: Clock,
  ): Promise<ReferenceReplay> {
    if (start === undefined) return new ReferenceReplay(new SingleWorld(spec, options), clock);
    const { origin } = start;
    const cells = (block: CellBlock) => restoreTerrain(block, spec.seed, origin.conditions);
    const world = new SingleWorld(spec, { ...options, start: { origin, cells } });
    await start.fill(world.blocks);
    return new ReferenceReplay(world, clock);
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

  get rules(): Rules {
    return this.#world.rules;
  }

  sample(layer: Layer, rect: LayerRectangle, out: Uint8Array): void {
    const { blocks, rules, tick } = this.#world;
    for (const block of blocks) sampleLayer(block, layer, rules, tick, rect, 0, out);
  }

  async measure() {
    return { statistics: this.#world.statistics(), changes: this.#world.takeChanges() };
  }

  async survey() {
    return this.#world.survey();
  }

  async close(): Promise<void> {}
}
