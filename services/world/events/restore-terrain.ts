import type { CellBlock } from '../cells/cell-block.ts';
import { writeTerrain } from '../genesis/genesis.ts';
import type { Conditions } from './events.ts';
import { EXTRA_FOOD_MAX, shifted } from './terrain-shift.ts';

/**
 * Sets extraFood, margin included, to what all events up to these conditions have made of it. So a state
 * is whole without its terrain.
 */
export function restoreTerrain(
  block: CellBlock,
  seed: number,
  { terrainNumber, terrainShift }: Conditions,
): void {
  const { extraFood } = block;
  writeTerrain(block, seed, terrainNumber);
  const becomes = Uint8Array.from({ length: EXTRA_FOOD_MAX + 1 }, (_, value) =>
    shifted(value, terrainShift),
  );
  for (let i = 0; i < extraFood.length; i++) extraFood[i] = becomes[extraFood[i]!]!;
}
