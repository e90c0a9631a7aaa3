import { isLess, lesser } from '../arithmetic/branchless.ts';
import { cellDraw, chanceOf256, chanceOf65536 } from '../arithmetic/randomness.ts';
import { CAN_KILL, type CellBlock } from '../cells/cell-block.ts';
import { COUNTER, countChange } from '../measuring/changes.ts';
import type { Rules } from '../spec/rules.ts';
import {
  ACTION_BREED,
  ACTION_KILL,
  ACTION_MOVE,
  ACTION_MUTATE,
  ACTION_PICK,
  type TickScratch,
} from './tick-scratch.ts';

/**
 * Phase A: food grows, creatures eat, pay for living and die. Reads and writes only its own cell.
 * Flags are 0 or 1; `value & -flag` is the value if the flag is set, else 0.
 *
 * @returns how many candidates (creatures that may intend something) were listed. Those of the
 * block's outermost ring are not among them: they lack neighbours.
 */
export function live(block: CellBlock, scratch: TickScratch, rules: Rules): number {
  const { stride, rows, food, extraFood, size, traits, health } = block;
  const { columnKeys, rowKeys, action, candidates } = scratch;
  const { maxFood, maxHealth, eatCapacityPerSizeUnit, breedPerSize, breedBase } = rules;
  const { healthCostPerSizeUnit, healthCostIfCanKill, healthCostIfCanMove } = rules;
  const deathEnd = chanceOf65536(rules.randomDeathChance);
  const mutationEnd = Math.min(65535, deathEnd + chanceOf65536(rules.mutationChance));
  const killEnd = chanceOf256(rules.killChance);
  const lastColumn = stride - 1;
  let candidateCount = 0;
  let i = 0;

  for (let row = 0; row < rows; row++) {
    const rowKey = rowKeys[row]!;
    const isInnerRow = row > 0 && row < rows - 1;
    for (let column = 0; column < stride; column++, i++) {
      const grown = lesser(food[i]! + extraFood[i]!, maxFood);
      const creatureSize = size[i]!;
      if (creatureSize === 0) {
        food[i] = grown;
        continue;
      }
      const eaten = lesser(grown, Math.imul(eatCapacityPerSizeUnit, creatureSize));
      food[i] = grown - eaten;

      const canKill = traits[i]! & CAN_KILL;
      const canMove = traits[i]! >> 1;
      const cost =
        Math.imul(healthCostPerSizeUnit, creatureSize) +
        (healthCostIfCanKill & -canKill) +
        (healthCostIfCanMove & -canMove);
      const healthLeft = lesser(health[i]! + eaten, maxHealth) - cost;
      const draw = cellDraw(columnKeys[column]!, rowKey);
      const u = draw >>> 16;
      const isStarved = healthLeft <= 0;
      if (isStarved || u < deathEnd) {
        size[i] = 0;
        countChange(block, isStarved ? COUNTER.deathsStarved : COUNTER.deathsAccident, i);
        continue;
      }
      health[i] = healthLeft;

      const threshold = lesser(65535, Math.imul(breedPerSize, creatureSize) + breedBase);
      const isReady = isLess(threshold - 1, healthLeft);
      const triesToKill = canKill & isLess((draw >>> 8) & 0xff, killEnd);
      const may =
        (ACTION_BREED & -isReady) | (ACTION_KILL & -triesToKill) | (ACTION_MOVE & -canMove);
      if (may === 0) continue;
      // Beyond the death draw: u ≥ deathEnd here.
      const mutates = isLess(u, mutationEnd);
      action[i] = may | (ACTION_MUTATE & -mutates) | (draw & ACTION_PICK);
      if (isInnerRow && column > 0 && column < lastColumn) candidates[candidateCount++] = i;
    }
  }
  return candidateCount;
}
