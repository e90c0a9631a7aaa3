import { COUNTED } from '../../../services/dashboard/src/charts/data/counted.ts';
import type {
  Kinds,
  StatisticsTable,
  Survey,
  SurveyTable,
  Value,
} from '../../../services/dashboard/src/charts/data/tables.ts';

const EVERY_TICKS = 20;
const SURVEY_EVERY_TICKS = 500;
const LEVEL_FACTOR = 4;
const CELLS = 2_500_000;

/** What is asked of the life. */
interface Asked {
  from: number;
  to?: number | undefined;
  points: number;
}

/**
 * A made-up life that answers as `GET /statistics` and `GET /surveys` do, without a world: its figures are waves, the
 * same for the same tick.
 */
export class FakeLife {
  readonly colonyInstanceId: string;
  /** The world's tick. */
  tick: number;
  /** Nothing is known before this tick. */
  readonly since: number;
  /** No rows of these ticks are there. */
  readonly gap: readonly [from: number, to: number] | undefined;

  constructor({
    colonyInstanceId = 'instance-1',
    tick = 10_000,
    since = 0,
    gap,
  }: {
    colonyInstanceId?: string;
    tick?: number;
    since?: number;
    gap?: readonly [from: number, to: number];
  } = {}) {
    this.colonyInstanceId = colonyInstanceId;
    this.tick = tick;
    this.since = since;
    this.gap = gap;
  }

  statistics({ from, to = this.tick, points }: Asked): StatisticsTable {
    const everyTicks = levelOf(EVERY_TICKS, Math.min(to, this.tick) - from, points);
    const rows = this.#ticks(everyTicks, from, to).map((tick) => this.row(tick, everyTicks));
    const names = Object.keys(this.row(0, everyTicks));
    const columns = Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
    return {
      colonyInstanceId: this.colonyInstanceId,
      everyTicks,
      columns: columns as unknown as StatisticsTable['columns'],
    };
  }

  surveys({ from, to = this.tick, points }: Asked): SurveyTable {
    const everyTicks = levelOf(SURVEY_EVERY_TICKS, Math.min(to, this.tick) - from, points);
    return {
      colonyInstanceId: this.colonyInstanceId,
      everyTicks,
      surveys: this.#ticks(everyTicks, from, to).map(surveyOf),
    };
  }

  /** The row of a tick; what it counts is of so many ticks before it. */
  row(tick: number, everyTicks = EVERY_TICKS): Record<string, Value> {
    const row: Record<string, Value> = { tick, ...stateOf(tick) };
    for (const name of COUNTED) {
      let count = 0;
      for (let at = tick; at > tick - everyTicks && at > 0; at -= EVERY_TICKS) {
        count += countOf(name, at);
      }
      row[name] = count;
    }
    return row;
  }

  #ticks(everyTicks: number, from: number, to: number): number[] {
    const ticks: number[] = [];
    const first = Math.ceil(Math.max(from, this.since) / everyTicks) * everyTicks;
    for (let tick = first; tick <= Math.min(to, this.tick); tick += everyTicks) {
      const [gapFrom, gapTo] = this.gap ?? [1, 0];
      if (tick < gapFrom || tick > gapTo) ticks.push(tick);
    }
    return ticks;
  }
}

function levelOf(finest: number, ticks: number, points: number): number {
  let everyTicks = finest;
  while (ticks / everyTicks > points) everyTicks *= LEVEL_FACTOR;
  return everyTicks;
}

const wave = (tick: number, length: number, shift = 0): number =>
  1 + 0.4 * Math.sin(tick / length + shift) + 0.15 * Math.sin(tick / (length / 7));

const populationAt = (tick: number): number =>
  Math.round(400_000 * wave(tick, 3_000) * (1 - Math.exp(-(tick + 50) / 900)));

function stateOf(tick: number): Record<string, number> {
  const population = populationAt(tick);
  return {
    cells: CELLS,
    food: Math.round(CELLS * 9 * wave(tick, 3_000, 2)),
    extraFood: Math.round(CELLS * 0.6 * wave(tick, 40_000)),
    population,
    canKill: Math.round(population * 0.2 * wave(tick, 5_000)),
    canMove: Math.round(population * 0.4 * wave(tick, 7_000)),
    canKillAndMove: Math.round(population * 0.1 * wave(tick, 5_000)),
    size: Math.round(population * 12 * wave(tick, 9_000)),
    health: Math.round(population * 140 * wave(tick, 4_000)),
    ageTicks: Math.round(population * 260 * wave(tick, 6_000)),
  };
}

const RATES: Readonly<Record<string, number>> = {
  births: 0.08,
  deathsStarved: 0.04,
  deathsKilled: 0.015,
  deathsAccident: 0.02,
  moves: 8,
  mutations: 0.002,
};

function countOf(name: string, tick: number): number {
  if (name === 'deathsExtinct') return tick % 20_000 === 2_000 ? 90_000 : 0;
  return Math.round(populationAt(tick) * (RATES[name] ?? 0) * wave(tick, 2_000, name.length));
}

function surveyOf(tick: number): Survey {
  const { cells = 0, population = 0, ...sums } = stateOf(tick);
  const { size = 0, health = 0, ageTicks = 0, food = 0 } = sums;
  const square = (sum: number, count: number, spread: number) =>
    String(BigInt(Math.round((sum * sum) / Math.max(1, count) + count * spread * spread)));
  return {
    tick,
    sums: { size, health, ageTicks, food },
    squares: {
      size: square(size, population, 3),
      health: square(health, population, 60),
      ageTicks: square(ageTicks, population, 180),
      food: square(food, cells, 5),
    },
    histograms: {
      size: bell(16, 6 + (tick % 3_000) / 1_500, population),
      health: bell(32, 14, population),
      ageTicks: bell(32, 16 + (tick % 5_000) / 2_000, population),
      food: bell(32, 5, cells),
    },
    species: kindsOf(tick, population, 20, 17),
    lineages: kindsOf(tick, population, 40, 51),
  };
}

function bell(bins: number, middle: number, total: number): number[] {
  const heights = Array.from({ length: bins }, (_, bin) => Math.exp(-((bin - middle) ** 2) / 8));
  const sum = heights.reduce((a, b) => a + b, 0);
  const counts = heights.map((height) => Math.floor((total * height) / sum));
  const rest = total - counts.reduce((a, b) => a + b, 0);
  return counts.map((count, bin) => (bin === Math.round(middle) ? count + rest : count));
}

function kindsOf(tick: number, population: number, distinct: number, seed: number): Kinds {
  const weights = Array.from({ length: distinct }, (_, i) => ({
    colour: (seed * 7919 * (i + 1) * 104_729) % 0x100_0000,
    weight: wave(tick, 6_000 + 900 * i, i * 2) ** 3 / (1 + i / 3),
  }));
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  const shannon = weights.reduce(
    (total, { weight }) => total - (weight / sum) * Math.log(weight / sum),
    0,
  );
  return {
    distinct: Math.round(distinct * 30 * wave(tick, 8_000)),
    shannon: Number(shannon.toFixed(6)),
    largest: weights
      .map(({ colour, weight }) => ({ colour, count: Math.floor((population * weight) / sum) }))
      .sort((a, b) => b.count - a.count)
      .slice(0, 16),
  };
}
