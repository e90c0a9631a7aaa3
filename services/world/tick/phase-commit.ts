import { mutationDraw } from '../arithmetic/randomness.ts';
import type { CellBlock } from '../cells/cell-block.ts';
import { COUNTER, countChange } from '../measuring/changes.ts';
import type { Rules } from '../spec/rules.ts';
import { positionOf } from './directions.ts';
import { mutate } from './mutation.ts';
import { ACTION_BREED, ACTION_MUTATE, type TickScratch } from './tick-scratch.ts';

/**
 * Phase D: carries out every grant, in place. The order does not matter: a claimant that is itself
 * a target only deals its killing blow, so each creature is touched by at most one grant.
 */
export function commit(
  block: CellBlock,
  scratch: TickScratch,
  offsets: Int32Array,
  rules: Rules,
  tick: number,
  targetCount: number,
): void {
  const { stride, size, traits, health, birth, colour, lineage } = block;
  const { columnKeys, rowKeys, action, claim, targets } = scratch;
  const { killGain, maxHealth } = rules;

  for (let k = 0; k < targetCount; k++) {
    const target = targets[k]!;
    const claimant = target - offsets[positionOf(claim[target]!)]!;
    const isClaimantKilled = claim[claimant] !== 0;

    if (size[target] !== 0) {
      size[target] = 0;
      countChange(block, COUNTER.deathsKilled, target);
      if (isClaimantKilled) continue;
      const gain = (health[target]! * killGain) >> 8;
      health[claimant] = Math.min(health[claimant]! + gain, maxHealth);
      continue;
    }
    if (isClaimantKilled) continue;

    size[target] = size[claimant]!;
    traits[target] = traits[claimant]!;
    colour[target] = colour[claimant]!;
    lineage[target] = lineage[claimant]!;
    const may = action[claimant]!;
    // A creature that is ready to breed and claims a blank cell breeds: moving comes after breeding.
    if ((may & ACTION_BREED) === 0) {
      health[target] = health[claimant]!;
      birth[target] = birth[claimant]!;
      size[claimant] = 0;
      countChange(block, COUNTER.moves, target);
      continue;
    }
    const childHealth = health[claimant]! >> 1;
    health[target] = childHealth;
    health[claimant] = health[claimant]! - childHealth;
    birth[target] = tick;
    countChange(block, COUNTER.births, target);
    if ((may & ACTION_MUTATE) !== 0) {
      const row = (target / stride) | 0;
      const draw = mutationDraw(columnKeys[target - row * stride]!, rowKeys[row]!);
      mutate(block, target, draw, rules);
      countChange(block, COUNTER.mutations, target);
    }
  }
}
