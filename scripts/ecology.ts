/**
 * Shows that a world under the default rules, without events, stays alive and diverse. Prints one JSON line per
 * checkpoint and exits with 1, naming what failed, if the world died out or lost its diversity.
 *
 *     node scripts/run.mjs scripts/ecology.ts [TICKS] [SEED] [SIDE]
 *
 * Defaults: 4000 ticks (about a minute), seed 1, a world of 500 × 500 cells. Before tick 4000 a
 * world is still settling: there it only has to be alive.
 */
import { type CellBlock, cellIndex } from '../services/world/cells/cell-block.ts';
import { SingleWorld } from '../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC, worldSpecProblem } from '../services/world/spec/spec.ts';

/** A colour or lineage counts when it marks more than this share of the population. */
const NOTABLE_SHARE = 0.005;

/** What was seen over 20 seeds of a 500 × 500 world and 20,000 ticks. */
const SETTLED_TICK = 4000;
const SETTLED_BOUNDS = {
  density: [0.5, 0.75],
  canKill: [0.4, 0.64],
  canMove: [0.53, 0.82],
  meanSize: [12.8, 19.2],
  colours: [15, 30],
} as const;
/** How far beyond what 20 seeds showed another one may lie, as a share of each bound. */
const TOLERANCE = 0.25;

function observe(world: SingleWorld) {
  const { cells, population, canKill, canMove, size } = world.statistics();
  return {
    tick: world.tick,
    density: rounded(population / cells),
    canKill: rounded(canKill / population),
    canMove: rounded(canMove / population),
    meanSize: rounded(size / population),
    colours: notable(world, 'colour', population),
    lineages: notable(world, 'lineage', population),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}

/** How many values of a field mark a notable share of the population. */
function notable(world: SingleWorld, field: 'colour' | 'lineage', population: number): number {
  const counts = new Map<number, number>();
  for (const block of world.blocks) countValues(block, field, counts);
  return [...counts.values()].filter((count) => count > NOTABLE_SHARE * population).length;
}

function countValues(block: CellBlock, field: 'colour' | 'lineage', counts: Map<number, number>) {
  for (let row = 0; row < block.height; row++) {
    for (let column = 0; column < block.width; column++) {
      const i = cellIndex(block, column, row);
      if (block.size[i] === 0) continue;
      const value = block[field][i] ?? 0;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
}

/** What is wrong with a world, if anything. */
function problemOf(seen: ReturnType<typeof observe>): string | undefined {
  if (!(seen.density > 0)) return 'the world died out';
  if (seen.tick < SETTLED_TICK) return undefined;
  for (const name of Object.keys(SETTLED_BOUNDS) as (keyof typeof SETTLED_BOUNDS)[]) {
    const [least, most] = SETTLED_BOUNDS[name];
    const value = seen[name];
    if (value < least * (1 - TOLERANCE) || value > most * (1 + TOLERANCE)) {
      return `${name} is ${value}, expected about ${least} to ${most}`;
    }
  }
  return seen.lineages >= 1 ? undefined : 'no lineage is left';
}

const [ticks = 4000, seed = 1, side = 500] = process.argv.slice(2).map(Number);
const size = { width: side, height: side, shardSize: side };
const spec = { ...DEFAULT_WORLD_SPEC, ...size, seed, randomEvents: false };
const isTickCount = Number.isInteger(ticks) && ticks >= 0;
const refusal = isTickCount ? worldSpecProblem(spec) : 'TICKS: expected an integer from 0';
if (refusal !== undefined) {
  console.error(refusal);
  process.exit(2);
}

const world = new SingleWorld(spec);
for (;;) {
  if (world.tick % 500 === 0 || world.tick === ticks) {
    const seen = observe(world);
    console.log(JSON.stringify(seen));
    const problem = problemOf(seen);
    if (problem !== undefined) {
      console.error(`tick ${seen.tick}: ${problem}`);
      process.exit(1);
    }
  }
  if (world.tick === ticks) break;
  world.step();
}
