import { mix, SPREAD_X, SPREAD_Y } from '../arithmetic/randomness.ts';
import { CAN_KILL, CAN_MOVE, type CellBlock, wrap } from '../cells/cell-block.ts';
import { FIRST_FOOD, TILE_SIDE, writeTerrain } from '../genesis/genesis.ts';
import { COUNTER, countChange } from '../measuring/changes.ts';
import { forEachInEllipse } from './ellipse.ts';
import type { Conditions, CreateCreature, Extinction, FoodDrop, WorldEvent } from './events.ts';

const NEW_HEALTH = 600;

/**
 * Does to a block's cells, margin included, what an event does. Each cell changes by its global
 * coordinates, the event and itself alone: so a margin that was right is right afterwards.
 *
 * @param conditions those once this event has happened: `conditionsAfter`.
 * @param tick the number of the state the block is in.
 */
export function applyEvent(
  block: CellBlock,
  event: WorldEvent,
  conditions: Conditions,
  seed: number,
  tick: number,
): void {
  switch (event.kind) {
    case 'createCreature':
      createCreature(block, event, conditions, tick);
      break;
    case 'extraFood':
      changeExtraFood(block, event.amount);
      break;
    case 'ruleChange':
      break;
    case 'newTopography':
      writeTerrain(block, seed, conditions.terrainNumber);
      block.food.fill(Math.min(FIRST_FOOD, conditions.rules.maxFood));
      break;
    case 'extinction':
      wipe(block, event);
      break;
    case 'foodDrop':
      dropFood(block, event, conditions);
      break;
    default:
      event satisfies never;
  }
}

function createCreature(
  block: CellBlock,
  event: CreateCreature,
  { rules }: Conditions,
  tick: number,
): void {
  const health = Math.min(NEW_HEALTH, rules.maxHealth);
  const size = Math.min(event.size, rules.maxSize);
  const traits = (event.canKill ? CAN_KILL : 0) | (event.canMove ? CAN_MOVE : 0);
  forEachInEllipse(block, event, (i) => {
    if (block.size[i] !== 0) countChange(block, COUNTER.deathsOverwritten, i);
    countChange(block, COUNTER.created, i);
    block.size[i] = size;
    block.traits[i] = traits;
    block.health[i] = health;
    block.birth[i] = tick & 0xffff;
    block.colour[i] = event.colour;
    block.lineage[i] = event.colour;
  });
}

/** As in phase A, no cell has more than maxFood afterwards. */
function dropFood(block: CellBlock, event: FoodDrop, { rules }: Conditions): void {
  const { food } = block;
  forEachInEllipse(block, event, (i) => {
    food[i] = Math.min((food[i] ?? 0) + event.amount, rules.maxFood);
  });
}

function changeExtraFood({ extraFood }: CellBlock, amount: number): void {
  for (let i = 0; i < extraFood.length; i++) {
    extraFood[i] = Math.min(255, Math.max(0, (extraFood[i] ?? 0) + amount));
  }
}

/** Tile (i, j) is wiped if the lowest bit of mix(mix(draw + i · SPREAD_X) + j · SPREAD_Y) is set. */
function wipe(block: CellBlock, { draw }: Extinction): void {
  const { x, y, halo, stride, rows, worldWidth, worldHeight } = block;
  const columnKeys = Int32Array.from({ length: stride }, (_, column) => {
    const tileX = Math.floor(wrap(x + column - halo, worldWidth) / TILE_SIDE);
    return mix((draw + Math.imul(tileX, SPREAD_X)) | 0);
  });
  for (let row = 0; row < rows; row++) {
    const tileY = Math.floor(wrap(y + row - halo, worldHeight) / TILE_SIDE);
    const rowKey = Math.imul(tileY, SPREAD_Y);
    for (let column = 0; column < stride; column++) {
      const isWiped = mix(((columnKeys[column] ?? 0) + rowKey) | 0) & 1;
      const i = row * stride + column;
      if (isWiped === 0 || block.size[i] === 0) continue;
      block.size[i] = 0;
      countChange(block, COUNTER.deathsExtinct, i);
    }
  }
}
