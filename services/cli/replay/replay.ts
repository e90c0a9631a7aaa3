import { DIGEST_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import type { CellBlock } from '../../world/cells/cell-block.ts';
import type { InjectedEvent } from '../../world/events/events.ts';
import type { StateOrigin } from '../../world/events/origin.ts';
import type { Changes } from '../../world/measuring/changes.ts';
import type { Layer, LayerRectangle } from '../../world/measuring/layers.ts';
import type { Statistics } from '../../world/measuring/statistics.ts';
import type { Survey } from '../../world/measuring/survey.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';

/** A world that is computed in this process. */
export interface Replay {
  readonly spec: WorldSpec;
  /** The number of the state the world is in. */
  readonly tick: number;
  /**
   * Takes the world some ticks further, at least one, and lets pending signals and output get their turn.
   *
   * @param most at least 1
   */
  advance(most: number): Promise<void>;
  /** The digest of the present state, 16 digits. */
  digest(): Promise<string>;
  /** The rules in force. */
  readonly rules: Rules;
  /**
   * Writes the values of a layer in the present state; see `sampleLayer`. The layer `owner` is 0: who owned a
   * cell is no part of a state.
   */
  sample(layer: Layer, rect: LayerRectangle, out: Uint8Array): void;
  /** Counts and sums over the present state, and what happened since this was called last, or since the first state. */
  measure(): Promise<{ statistics: Statistics; changes: Changes }>;
  /** How the present state is made up. */
  survey(): Promise<Survey>;
  /** Ends it and frees its memory. */
  close(): Promise<void>;
}

export interface ReplayOptions {
  /** Side of the shards in cells, which change no state. @default the whole world in one piece */
  shardSize?: number;
  /** In any order. @default none */
  events?: readonly InjectedEvent[];
  /** @default genesis */
  start?: ReplayStart;
}

/** A later state that a world starts from. */
export interface ReplayStart {
  readonly origin: StateOrigin;
  /**
   * Fills the interiors of all blocks of the world, which are empty. It leaves alone their terrain, which follows
   * from the conditions, and their margins, which the first step fills.
   */
  fill(blocks: readonly CellBlock[]): Promise<void>;
}

/** Ticks the world up to a tick, not before the present one. */
export async function advanceTo(
  world: Replay,
  tick: number,
  onProgress: (tick: number) => void = () => {},
): Promise<void> {
  while (world.tick < tick) {
    await world.advance(tick - world.tick);
    onProgress(world.tick);
  }
}

/** The same, and answers its digest there. */
export async function replayTo(
  world: Replay,
  tick: number,
  onProgress?: (tick: number) => void,
): Promise<string> {
  await advanceTo(world, tick, onProgress);
  return world.digest();
}

/** Ticks at which `colony digest` prints: 0, every 100th, and the last. */
export function* digestTicks(lastTick: number): Generator<number> {
  for (let tick = 0; tick < lastTick; tick += DIGEST_EVERY_TICKS) yield tick;
  yield lastTick;
}
