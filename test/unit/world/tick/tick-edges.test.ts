import { describe, expect, it } from 'vitest';
import {
  cellDraw,
  columnKey,
  columnTickKey,
  rowKey,
  rowTickKey,
} from '../../../../services/world/arithmetic/randomness.ts';
import { cellIndex } from '../../../../services/world/cells/cell-block.ts';
import { DEFAULT_RULES, type Rules } from '../../../../services/world/spec/rules.ts';
import { createTickScratch, tickBlock } from '../../../../services/world/tick/tick.ts';
import { wholeBlock } from '../worlds.ts';

const SEED = 1;
const SIDE = 16;

/** A tick and a cell whose draw has the wanted upper lane. */
function findDraw(wanted: (u: number) => boolean): { tick: number; x: number; y: number } {
  for (let tick = 0; tick < 100_000; tick++) {
    const kx = columnTickKey(SEED, tick);
    const ky = rowTickKey(kx);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        if (wanted(cellDraw(columnKey(kx, x), rowKey(ky, y)) >>> 16)) return { tick, x, y };
      }
    }
  }
  throw new Error('no such draw');
}

interface Creature {
  size: number;
  traits: number;
  health: number;
}

/** Ticks a world with a single creature in it; gives who is there afterwards. */
function tickAlone(
  at: { tick: number; x: number; y: number },
  creature: Creature,
  changes: Partial<Rules>,
) {
  const block = wholeBlock(SIDE, SIDE, 3);
  const i = cellIndex(block, at.x, at.y);
  block.size[i] = creature.size;
  block.traits[i] = creature.traits;
  block.health[i] = creature.health;
  block.colour[i] = 0x808080;
  block.lineage[i] = 0x808080;
  const rules = { ...DEFAULT_RULES, ...changes };
  tickBlock(block, createTickScratch(block.stride * block.rows), rules, SEED, at.tick);
  return [...block.size.keys()]
    .filter((cell) => block.size[cell] !== 0)
    .map((cell) => ({
      isFirst: cell === i,
      health: block.health[cell]!,
      isMutant: block.colour[cell] !== 0x808080,
      birth: block.birth[cell]!,
    }));
}

const plant = { size: 10, traits: 0, health: 500 };
/** ⌊65536 / 100⌋, of both the death chance and the mutation chance. */
const SHARE = 655;

describe('the draw of a breeding creature', () => {
  it.each([
    { u: SHARE - 1, dies: true, mutates: false },
    { u: SHARE, dies: false, mutates: true },
    { u: 2 * SHARE - 1, dies: false, mutates: true },
    { u: 2 * SHARE, dies: false, mutates: false },
  ])('of $u: dies $dies, has a mutant child $mutates', ({ u, dies, mutates }) => {
    const living = tickAlone(
      findDraw((found) => found === u),
      plant,
      {},
    );
    if (dies) {
      expect(living).toEqual([]);
      return;
    }
    expect(living.map((creature) => creature.isMutant).sort()).toEqual([false, mutates]);
    expect(living.find((creature) => creature.isFirst)?.isMutant).toBe(false);
  });

  it('of 65535 survives and does not mutate even when either is 1 in 1', () => {
    const at = findDraw((u) => u === 65535);
    const living = tickAlone(at, plant, { randomDeathChance: 1, mutationChance: 1 });
    expect(living.map((creature) => creature.isMutant)).toEqual([false, false]);
  });

  it('of 0 neither kills nor mutates when the chance is 0: never', () => {
    const at = findDraw((u) => u === 0);
    const living = tickAlone(at, plant, { randomDeathChance: 0, mutationChance: 0 });
    expect(living.map((creature) => creature.isMutant)).toEqual([false, false]);
  });
});

describe('a creature alone', () => {
  const at = findDraw((u) => u > 60000);
  const free = { healthCostPerSizeUnit: 0, randomDeathChance: 0 };

  it('breeds at the threshold, and not one below', () => {
    const breedBase = 300;
    const withHealth = (health: number) =>
      tickAlone(at, { ...plant, health }, { ...free, breedBase }).length;
    expect(withHealth(299)).toBe(1);
    expect(withHealth(300)).toBe(2);
  });

  it('breeds at the greatest health, however high the threshold would be', () => {
    const rules = { ...free, maxHealth: 65535, breedPerSize: 255, breedBase: 60000 };
    expect(tickAlone(at, { size: 255, traits: 0, health: 65534 }, rules)).toHaveLength(1);
    expect(tickAlone(at, { size: 255, traits: 0, health: 65535 }, rules)).toHaveLength(2);
  });

  it('gives half its health to its child, rounded down, born in this tick', () => {
    const living = tickAlone(at, { ...plant, health: 501 }, free);
    const parent = living.find((creature) => creature.isFirst);
    const child = living.find((creature) => !creature.isFirst);
    expect([parent?.health, child?.health]).toEqual([251, 250]);
    expect(child?.birth).toBe(at.tick & 0xffff);
  });

  it('dies when its cost takes all its health, and lives with 1 left', () => {
    const rules = { randomDeathChance: 0, healthCostPerSizeUnit: 2 };
    expect(tickAlone(at, { size: 10, traits: 0, health: 20 }, rules)).toHaveLength(0);
    expect(tickAlone(at, { size: 10, traits: 0, health: 21 }, rules)).toHaveLength(1);
  });

  it('does not move where there is no more food', () => {
    const mover = { size: 1, traits: 2, health: 90 };
    const living = tickAlone(at, mover, free);
    expect(living).toEqual([{ isFirst: true, health: 85, isMutant: false, birth: 0 }]);
  });
});
