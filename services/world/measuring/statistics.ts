import { CAN_KILL, CAN_MOVE, type CellBlock } from '../cells/cell-block.ts';

/**
 * Counts and sums over the cells of a part of a world in one state. Parts merge by addition, so
 * means and shares are for the reader to divide. All are integers below 2^53, even for 2^32 cells.
 */
export interface Statistics {
  cells: number;
  /** Food lying in all cells. */
  food: number;
  /** Food that grows each tick. */
  extraFood: number;
  /** Living creatures. */
  population: number;
  canKill: number;
  canMove: number;
  /** Creatures that can do both. */
  canKillAndMove: number;
  /** Sums over all creatures. */
  size: number;
  health: number;
  ageTicks: number;
}

export const EMPTY_STATISTICS: Readonly<Statistics> = Object.freeze({
  cells: 0,
  food: 0,
  extraFood: 0,
  population: 0,
  canKill: 0,
  canMove: 0,
  canKillAndMove: 0,
  size: 0,
  health: 0,
  ageTicks: 0,
});

/** The names of all statistics, in the order above. */
export const STATISTICS_NAMES = Object.freeze(
  Object.keys(EMPTY_STATISTICS),
) as readonly (keyof Statistics)[];

/**
 * The statistics of a block's interior.
 *
 * @param tick the number of the state the block is in; ages are counted modulo 65536.
 */
export function statisticsOf(block: CellBlock, tick: number): Statistics {
  const { width, height, halo, stride } = block;
  const sums = { ...EMPTY_STATISTICS, cells: width * height };
  for (let row = 0; row < height; row++) {
    const start = (row + halo) * stride + halo;
    for (let i = start; i < start + width; i++) {
      sums.food += block.food[i]!;
      sums.extraFood += block.extraFood[i]!;
      if (block.size[i] === 0) continue;
      const traits = block.traits[i]!;
      sums.population++;
      if ((traits & CAN_KILL) !== 0) sums.canKill++;
      if ((traits & CAN_MOVE) !== 0) sums.canMove++;
      if (traits === (CAN_KILL | CAN_MOVE)) sums.canKillAndMove++;
      sums.size += block.size[i]!;
      sums.health += block.health[i]!;
      sums.ageTicks += (tick - block.birth[i]!) & 0xffff;
    }
  }
  return sums;
}

/** The statistics of two disjoint parts of one state together. */
export function mergeStatistics(a: Statistics, b: Statistics): Statistics {
  const merged = { ...EMPTY_STATISTICS };
  for (const name of STATISTICS_NAMES) {
    merged[name] = a[name] + b[name];
  }
  return merged;
}
