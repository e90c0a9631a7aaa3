/** Computes the published test vectors; `scripts/world-vectors.ts` writes them to a file. */

import {
  cellDraw,
  columnKey,
  columnTickKey,
  mix,
  mutationDraw,
  rowKey,
  rowTickKey,
} from '../../services/world/arithmetic/randomness.ts';
import { type CellBlock, cellIndex } from '../../services/world/cells/cell-block.ts';
import {
  drawEvent,
  type InjectedEvent,
  RANDOM_EVENT_KINDS,
} from '../../services/world/events/events.ts';
import { randomEvents } from '../../services/world/events/random-schedule.ts';
import { stepEast, stepSouth } from '../../services/world/genesis/headings.ts';
import { evaluateTerrain } from '../../services/world/genesis/terrain.ts';
import { formatDigest } from '../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { DEFAULT_RULES } from '../../services/world/spec/rules.ts';
import { ENGINE_VERSION, type WorldSpec } from '../../services/world/spec/spec.ts';
import { pick } from '../../services/world/tick/directions.ts';

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');

function mixVectors() {
  return [0, 1, 2, 0x9e3779b9, 0x7fffffff, 0x80000000, 0xffffffff].map((z) => ({
    z: hex(z),
    mix: hex(mix(z)),
  }));
}

function drawVectors() {
  const cells = [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [1, 0, 1, 0],
    [1, 0, 0, 1],
    [1, 1, 0, 0],
    [1, 199, 499, 250],
    [0xdeadbeef, 65535, 1999, 1249],
    [0xffffffff, 0xffffffff, 65535, 65535],
  ] as const;
  return cells.map(([seed, tick, x, y]) => {
    const kx = columnTickKey(seed, tick);
    const column = columnKey(kx, x);
    const row = rowKey(rowTickKey(kx), y);
    const draw = cellDraw(column, row);
    return {
      seed,
      tick,
      x,
      y,
      columnKey: hex(column),
      rowKey: hex(row),
      u: draw >>> 16,
      w: draw & 0xffff,
      mutation: hex(mutationDraw(column, row)),
    };
  });
}

function pickVectors() {
  return [0x00, 0x01, 0x80, 0x03, 0x12, 0x5a, 0xa5, 0xf0, 0x7e, 0xff].map((mask) => ({
    mask,
    picked: [0, 1, 2, 3, 4, 5, 6, 7].map((r) => pick(mask, r)),
  }));
}

function headingVectors() {
  return [0, 1, 32, 63, 64, 100, 128, 160, 192, 200, 255].map((heading) => ({
    heading,
    step20: [stepEast(heading, 20), stepSouth(heading, 20)],
    step30: [stepEast(heading, 30), stepSouth(heading, 30)],
  }));
}

function terrainVectors() {
  const rectangles = [
    [{ seed: 1, number: 0, width: 2000, height: 1250 }, 0, 0, 2000, 1250],
    [{ seed: 1, number: 0, width: 2000, height: 1250 }, 250, 500, 250, 250],
    [{ seed: 1, number: 1, width: 2000, height: 1250 }, 1993, 1243, 14, 14],
    [{ seed: 7, number: 0, width: 500, height: 500 }, 0, 0, 500, 500],
    [{ seed: 0xffffffff, number: 0, width: 16, height: 16 }, 0, 0, 16, 16],
    [{ seed: 3, number: 2, width: 65536, height: 65536 }, 1000, 65500, 64, 64],
  ] as const;
  return rectangles.map(([terrain, x, y, width, height]) => {
    const extraFood = evaluateTerrain(terrain, x, y, width, height);
    return {
      terrain,
      rectangle: { x, y, width, height },
      sum: extraFood.reduce((sum, value) => sum + value, 0),
      folded: hex(extraFood.reduce((fold, value) => mix(fold ^ value), 0)),
      corners: [0, width - 1, extraFood.length - width, extraFood.length - 1].map(
        (i) => extraFood[i] as number,
      ),
    };
  });
}

/** The first creature of row 0 or below, in reading order, and how many there are. */
function genesisVectors() {
  return worldSpecs.map((spec) => {
    const world = new SingleWorld(spec);
    const block = world.blocks[0] as CellBlock;
    let first: object | undefined;
    for (let y = 0; y < spec.height && first === undefined; y++) {
      for (let x = 0; x < spec.width && first === undefined; x++) {
        const i = cellIndex(block, x, y);
        if (block.size[i] === 0) continue;
        const { size, traits, health, colour } = block;
        first = { x, y, size: size[i], traits: traits[i], health: health[i], colour: colour[i] };
      }
    }
    return { spec: labelOf(spec), population: world.statistics().population, first };
  });
}

const worldSpecs: WorldSpec[] = [
  { width: 16, height: 16, seed: 1, rules: { ...DEFAULT_RULES } },
  { width: 37, height: 83, seed: 2, rules: { ...DEFAULT_RULES } },
  { width: 300, height: 260, seed: 0xffffffff, rules: { ...DEFAULT_RULES } },
  {
    width: 128,
    height: 96,
    seed: 42,
    rules: {
      ...DEFAULT_RULES,
      mutationChance: 5,
      randomDeathChance: 0,
      breedPerSize: 3,
      killChance: 1,
      killGain: 256,
      maxFood: 300,
      maxHealth: 700,
      maxSize: 17,
      colourShift: 127,
    },
  },
].map((spec) => ({ ...spec, shardSize: 16, randomEvents: false }));

function labelOf({ width, height, seed, rules }: WorldSpec) {
  return { width, height, seed, rules };
}

function digestVectors() {
  return worldSpecs.map((spec) => {
    const world = new SingleWorld(spec);
    const states = [{ tick: 0, digest: formatDigest(world.digest()), ...world.statistics() }];
    while (world.tick < 200) {
      world.step();
      if (world.tick % 100 !== 0) continue;
      states.push({
        tick: world.tick,
        digest: formatDigest(world.digest()),
        ...world.statistics(),
      });
    }
    return { spec: labelOf(spec), states };
  });
}

/** The first random events of some worlds. */
function scheduleVectors() {
  return [1, 2, 0xffffffff].map((seed) => {
    const world = { seed, width: 2000, height: 1250 };
    const events = [];
    for (const event of randomEvents(world)) if (events.push(event) === 40) break;
    return { ...world, events };
  });
}

/** One event of each kind that comes at random too, and a second new creature across the edges. */
function injectedVectors(): InjectedEvent[] {
  const world = { width: 64, height: 300 };
  const events = [...RANDOM_EVENT_KINDS, 'createCreature' as const].map((kind, i) => ({
    sequence: i + 1,
    tick: 10 + 5 * i,
    event: drawEvent(kind, (j) => mix(100 * i + j), world),
  }));
  // Out of order, and two of them in one tick.
  return [...events, { sequence: 7, tick: 10, event: { kind: 'extraFood', amount: -3 } }];
}

/** Food on spots: across the edges, twice on one cell in a tick, and all over a world that is smaller. */
function droppedVectors(): InjectedEvent[] {
  const drops = [
    { tick: 10, x: 36, y: 0, radiusX: 9, radiusY: 30, amount: 250 },
    { tick: 10, x: 30, y: 70, radiusX: 1, radiusY: 20, amount: 30_000 },
    { tick: 20, x: 3, y: 41, radiusX: 100, radiusY: 100, amount: 1 },
  ];
  return drops.map(({ tick, ...drop }, i) => ({
    sequence: i + 1,
    tick,
    event: { kind: 'foodDrop', ...drop },
  }));
}

/** A world with random events, one with injected events of each of their kinds, and one with food on spots. */
function eventVectors() {
  const random = { width: 37, height: 83, seed: 2, rules: { ...DEFAULT_RULES } };
  const injected = { width: 64, height: 300, seed: 5, rules: { ...DEFAULT_RULES } };
  const dropped = { width: 37, height: 83, seed: 6, rules: { ...DEFAULT_RULES } };
  const events = injectedVectors();
  const drops = droppedVectors();
  const runs = [
    { spec: { ...random, randomEvents: true }, events: [], ticks: [400, 500, 1_000, 2_500] },
    { spec: { ...injected, randomEvents: false }, events, ticks: [10, 11, 20, 30, 40, 100] },
    { spec: { ...dropped, randomEvents: false }, events: drops, ticks: [10, 11, 20, 21, 100] },
  ];
  return runs.map(({ spec, events, ticks }) => {
    const world = new SingleWorld({ ...spec, shardSize: 16 }, { events });
    const states = ticks.map((tick) => {
      while (world.tick < tick) world.step();
      return { tick, digest: formatDigest(world.digest()), rules: { ...world.rules } };
    });
    return { spec: { ...labelOf(world.spec), randomEvents: spec.randomEvents }, events, states };
  });
}

/** All published vectors, as they stand in test/vectors/world.json. */
export function worldVectors() {
  return {
    engineVersion: ENGINE_VERSION,
    mix: mixVectors(),
    draws: drawVectors(),
    pick: pickVectors(),
    headings: headingVectors(),
    terrain: terrainVectors(),
    genesis: genesisVectors(),
    worlds: digestVectors(),
    schedule: scheduleVectors(),
    events: eventVectors(),
  };
}
