/** What the world's tests share: random states and rules, uneven partitions, comparisons. */
import fc from 'fast-check';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import {
  type CellBlock,
  cellIndex,
  createCellBlock,
  wrap,
} from '../../../services/world/cells/cell-block.ts';
import { RULE_BOUNDS, RULE_NAMES, type Rules } from '../../../services/world/spec/rules.ts';
import type { WorldSpec } from '../../../services/world/spec/spec.ts';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import type { OracleCell, OracleWorld } from './oracle.ts';

/** A world of which a test says what matters; without events unless it wants them. */
export function specOf(changes: Partial<WorldSpec>): WorldSpec {
  const rules = { ...DEFAULT_WORLD_SPEC.rules, ...changes.rules };
  return { ...DEFAULT_WORLD_SPEC, randomEvents: false, ...changes, rules };
}

export const seeds = fc.integer({ min: 0, max: 0xffffffff });

/** Any rules within their bounds, with small values and both ends likely. */
export const anyRules: fc.Arbitrary<Rules> = fc.record(
  Object.fromEntries(
    RULE_NAMES.map((name) => {
      const [min, max] = RULE_BOUNDS[name];
      const small = fc.integer({ min, max: Math.min(max, min + 8) });
      return [
        name,
        fc.oneof(fc.constant(DEFAULT_WORLD_SPEC.rules[name]), small, fc.integer({ min, max })),
      ];
    }),
  ) as { [K in keyof Rules]: fc.Arbitrary<number> },
);

/** A stream of draws for test data, so that one fast-check integer stands for a whole state. */
export function stream(seed: number): (below: number) => number {
  let counter = seed | 0;
  return (below) => {
    counter = (counter + 0x9e3779b9) | 0;
    return (mix(counter) >>> 0) % below;
  };
}

/** Overwrites every cell of a block with something, near-empty and crowded places alike. */
export function scatter(block: CellBlock, seed: number, rules: Rules): void {
  const draw = stream(seed);
  const density = 1 + draw(10);
  // Sizes round the greatest that mutation makes are the interesting ones.
  const sizes = draw(2) === 0 ? Math.min(255, rules.maxSize + 1) : 1 + draw(255);
  const colours = 1 + draw(4);
  for (let i = 0; i < block.food.length; i++) {
    block.food[i] = draw(rules.maxFood + 2);
    block.extraFood[i] = draw(8) === 0 ? draw(256) : draw(50);
    block.size[i] = draw(10) < density ? 1 + draw(sizes) : 0;
    block.traits[i] = draw(4);
    block.health[i] = draw(4) === 0 ? draw(65536) : draw(Math.min(rules.maxHealth, 600) + 1);
    block.birth[i] = draw(65536);
    block.colour[i] = mix(draw(colours)) & 0xffffff;
    block.lineage[i] = draw(0x1000000);
  }
}

/** One block for a whole world, without its margin filled. */
export function wholeBlock(width: number, height: number, halo: number): CellBlock {
  return createCellBlock({
    x: 0,
    y: 0,
    width,
    height,
    halo,
    worldWidth: width,
    worldHeight: height,
  });
}

/**
 * Fills a block's margin (the innermost `depth` cells of it), or its interior too, cell by cell
 * from a block of the whole world.
 */
export function fillFrom(
  whole: CellBlock,
  block: CellBlock,
  part: 'margin' | 'all',
  depth: number = block.halo,
): void {
  for (let row = -depth; row < block.height + depth; row++) {
    for (let column = -depth; column < block.width + depth; column++) {
      const isInterior = row >= 0 && row < block.height && column >= 0 && column < block.width;
      if (part === 'margin' && isInterior) continue;
      const x = wrap(block.x + column, block.worldWidth);
      const y = wrap(block.y + row, block.worldHeight);
      copyCell(whole, cellIndex(whole, x, y), block, cellIndex(block, column, row));
    }
  }
}

/** Writes a block's interior into a block of the whole world. */
export function storeInto(whole: CellBlock, block: CellBlock): void {
  for (let row = 0; row < block.height; row++) {
    for (let column = 0; column < block.width; column++) {
      const to = cellIndex(whole, block.x + column, block.y + row);
      copyCell(block, cellIndex(block, column, row), whole, to);
    }
  }
}

export const FIELDS = [
  'food',
  'extraFood',
  'size',
  'traits',
  'health',
  'birth',
  'colour',
  'lineage',
] as const;

/** Field by field, for a loop over arrays of several types is many times as slow. */
function copyCell(from: CellBlock, source: number, to: CellBlock, target: number): void {
  to.food[target] = from.food[source]!;
  to.extraFood[target] = from.extraFood[source]!;
  to.size[target] = from.size[source]!;
  to.traits[target] = from.traits[source]!;
  to.health[target] = from.health[source]!;
  to.birth[target] = from.birth[source]!;
  to.colour[target] = from.colour[source]!;
  to.lineage[target] = from.lineage[source]!;
}

/** Blocks between the given cuts of a world, one for each pair of neighbouring cuts. */
export function partition(
  whole: CellBlock,
  columnCuts: readonly number[],
  rowCuts: readonly number[],
  halo: number,
): CellBlock[] {
  const spans = (cuts: readonly number[], length: number) => {
    const edges = [...new Set([0, ...cuts.filter((c) => c > 0 && c < length), length])];
    edges.sort((a, b) => a - b);
    return edges.slice(1).map((end, i) => ({ start: edges[i]!, length: end - edges[i]! }));
  };
  return spans(rowCuts, whole.height).flatMap((rows) =>
    spans(columnCuts, whole.width).map((columns) =>
      createCellBlock({
        x: columns.start,
        y: rows.start,
        width: columns.length,
        height: rows.length,
        halo,
        worldWidth: whole.width,
        worldHeight: whole.height,
      }),
    ),
  );
}

/** The interior as objects; stale fields of blank cells are given as zeros. */
export function toOracle(block: CellBlock): OracleWorld {
  return Array.from({ length: block.height }, (_, row) =>
    Array.from({ length: block.width }, (_, column): OracleCell => {
      const i = cellIndex(block, column, row);
      return comparable({
        food: block.food[i]!,
        extraFood: block.extraFood[i]!,
        size: block.size[i]!,
        canKill: (block.traits[i]! & 1) === 1,
        canMove: (block.traits[i]! & 2) === 2,
        health: block.health[i]!,
        birth: block.birth[i]!,
        colour: block.colour[i]!,
        lineage: block.lineage[i]!,
      });
    }),
  );
}

/** A cell with its stale fields blanked, if no creature is there. */
export function comparable(cell: OracleCell): OracleCell {
  if (cell.size > 0) return cell;
  const { food, extraFood } = cell;
  const stale = { size: 0, canKill: false, canMove: false, health: 0, birth: 0, colour: 0 };
  return { food, extraFood, ...stale, lineage: 0 };
}
