import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';
import type { Draws } from './draws.ts';

/** Shards in a row and in a column, and their side in cells. Most are small, so that runs are many. */
const SHAPES: readonly (readonly [columns: number, rows: number, shardSize: number])[] = [
  [1, 1, 16],
  [1, 1, 32],
  [2, 1, 16],
  [1, 2, 20],
  [2, 2, 16],
  [3, 1, 16],
  [3, 2, 16],
  [2, 2, 24],
  [4, 3, 16],
  [5, 4, 16],
];
/** With it a run takes ten times as long as with most. */
const MANY_SHARDS = [10, 10, 16] as const;
const MANY_SHARDS_CHANCE = 0.01;

/** From a small set of worlds: what each comes to is computed once for many runs. */
export function drawSpec(draws: Draws): WorldSpec {
  const shape = SHAPES[Math.floor(draws.fraction() ** 2.2 * SHAPES.length)] ?? MANY_SHARDS;
  const hasMany = draws.chance(MANY_SHARDS_CHANCE);
  const [columns, rows, shardSize] = hasMany ? MANY_SHARDS : shape;
  return {
    width: columns * shardSize,
    height: rows * shardSize,
    shardSize,
    seed: draws.whole(1, 3),
    rules: DEFAULT_RULES,
    randomEvents: draws.chance(0.5),
  };
}
