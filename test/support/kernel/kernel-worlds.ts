/** What the tests of the compiled kernel share: worlds on an engine, rules at their bounds. */
import fc from 'fast-check';
import type { Engine } from '../../../services/kernel/engine.ts';
import {
  type BlockExtent,
  type CellBlock,
  type CellRaster,
  cellIndex,
} from '../../../services/world/cells/cell-block.ts';
import { haloPieces } from '../../../services/world/cells/halo-pieces.ts';
import {
  DEFAULT_RULES,
  RULE_BOUNDS,
  RULE_NAMES,
  type Rules,
} from '../../../services/world/spec/rules.ts';
import { RADIUS } from '../../../services/world/tick/tick.ts';
import { FIELDS, fillFrom } from '../../unit/world/worlds.ts';

/** Rules of which each is likely to be the default, the least, the greatest, or anything between. */
export const extremeRules: fc.Arbitrary<Rules> = fc.record(
  Object.fromEntries(
    RULE_NAMES.map((name) => {
      const [min, max] = RULE_BOUNDS[name];
      const value = fc.oneof(
        { weight: 3, arbitrary: fc.constant(DEFAULT_RULES[name]) },
        { weight: 3, arbitrary: fc.constantFrom(min, min + 1, max) },
        { weight: 1, arbitrary: fc.integer({ min, max: Math.min(max, min + 8) }) },
        { weight: 2, arbitrary: fc.integer({ min, max }) },
      );
      return [name, value];
    }),
  ) as { [K in keyof Rules]: fc.Arbitrary<number> },
);

/** A world's blocks on an engine, which fill each other's margins. */
export interface EngineWorld {
  readonly engine: Engine;
  readonly blocks: readonly CellBlock[];
  /**
   * Takes all blocks from state t to state t + ticks; margins are exchanged when it is due, so that
   * it must not go beyond the next exchange.
   *
   * @param happens what befalls each block before it ticks; its margin is right then.
   */
  step(
    rules: Rules,
    seed: number,
    tick: number,
    ticks?: number,
    happens?: (block: CellBlock) => void,
  ): void;
}

/** Puts the blocks of a partition, with the cells of a whole world, on an engine. */
export function engineWorld(
  engine: Engine,
  whole: CellBlock,
  extents: readonly BlockExtent[],
  ticksPerExchange: number,
): EngineWorld {
  const halo = RADIUS * ticksPerExchange;
  const blocks = extents.map((extent) => engine.createBlock({ ...extent, halo }));
  for (const block of blocks) fillFrom(whole, block, 'all');
  const exchange = engine.prepareCopies(
    blocks.flatMap((target) =>
      blocks.flatMap((source) =>
        haloPieces(target, source).map((piece) => ({ ...piece, source, target })),
      ),
    ),
  );
  let done = 0;
  return {
    engine,
    blocks,
    step(rules, seed, tick, ticks = 1, happens) {
      if (done % ticksPerExchange === 0) exchange();
      done += ticks;
      if (happens) blocks.forEach(happens);
      for (const block of blocks) engine.tick(block, rules, seed, tick, ticks);
    },
  };
}

/** A block, or cells that have no terrain: then that is not compared. */
type Cells = CellRaster & { extraFood?: Uint8Array };

/**
 * Compares the cells of two blocks, those of their margins too up to a depth.
 *
 * @param at where the interior of `b` begins in `a`, in coordinates of a's interior.
 * @returns what differs first, in words; undefined if nothing does that belongs to the state.
 */
export function difference(a: Cells, b: Cells, depth = 0, at = { x: 0, y: 0 }): string | undefined {
  for (let row = -depth; row < b.height + depth; row++) {
    const from = cellIndex(a, at.x - depth, at.y + row);
    const shift = cellIndex(b, -depth, row) - from;
    for (let i = from; i < from + b.width + 2 * depth; i++) {
      const j = i + shift;
      if (isSameCell(a, i, b, j)) continue;
      const field = FIELDS.find((name) => a[name]?.[i] !== b[name]?.[j]) ?? 'size';
      const place = `(${at.x - depth + i - from}, ${at.y + row})`;
      return `${field} at ${place}: ${a[field]?.[i]} and ${b[field]?.[j]}`;
    }
  }
  return undefined;
}

/** Fields of a blank cell that are no part of the state may differ. */
function isSameCell(a: Cells, i: number, b: Cells, j: number): boolean {
  const size = a.size[i];
  if (a.food[i] !== b.food[j] || size !== b.size[j]) return false;
  if (a.extraFood && b.extraFood && a.extraFood[i] !== b.extraFood[j]) return false;
  return (
    size === 0 ||
    (a.traits[i] === b.traits[j] &&
      a.health[i] === b.health[j] &&
      a.birth[i] === b.birth[j] &&
      a.colour[i] === b.colour[j] &&
      a.lineage[i] === b.lineage[j])
  );
}
