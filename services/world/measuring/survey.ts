import type { CellBlock } from '../cells/cell-block.ts';
import { ColourCounter, type ColourCounts, mergeColours, NO_COLOURS } from './colour-counts.ts';

/** What is surveyed: food of all cells, the others of creatures; and how many bins its histogram has. */
export const SURVEYED = { food: 32, size: 16, health: 32, ageTicks: 32 } as const;
export type Surveyed = keyof typeof SURVEYED;
export const SURVEYED_NAMES = Object.freeze(Object.keys(SURVEYED)) as readonly Surveyed[];

/**
 * How a part of a world is made up in one state, beyond `Statistics`: all that is needed for variances,
 * distributions and diversity. Parts merge, exactly.
 */
export interface Survey {
  /** Sums of squares. */
  readonly squares: Readonly<Record<Surveyed, bigint>>;
  /** How many values are in each bin; see `binOf`. */
  readonly histograms: Readonly<Record<Surveyed, Float64Array>>;
  /** Creatures by colour, the mark of their species. */
  readonly species: ColourCounts;
  /** Creatures by the colour of their first ancestor. */
  readonly lineages: ColourCounts;
}

/**
 * The bin of a value: two for each octave, whatever the rules are. Bins begin at 0, 1, 2, 3, 4, 6, 8, 12, 16, 24 …
 *
 * @param value 0 to 65535.
 */
export function binOf(value: number): number {
  if (value < 2) return value;
  const octave = 31 - Math.clz32(value);
  return 2 * octave + ((value >>> (octave - 1)) & 1);
}

const tableOf = (bins: number): Uint32Array => new Uint32Array(2 ** (bins / 2));

/**
 * Surveys a block's interior.
 *
 * @param tick the number of the state the block is in; ages are counted modulo 65536.
 */
export function surveyOf(block: CellBlock, tick: number): Survey {
  const { width, height, halo, stride, food, size, health, birth, colour, lineage } = block;
  // How often each value comes: bins and squares follow from that, which spares work cell by cell.
  const foods = tableOf(SURVEYED.food);
  const sizes = tableOf(SURVEYED.size);
  const healths = tableOf(SURVEYED.health);
  const ages = tableOf(SURVEYED.ageTicks);
  const species = new ColourCounter();
  const lineages = new ColourCounter();
  // Neighbours are mostly kin: one of a kind after the other is counted at once.
  let [kind, kindred, ancestor, descendants] = [0, 0, 0, 0];
  for (let row = 0; row < height; row++) {
    const start = (row + halo) * stride + halo;
    for (let i = start; i < start + width; i++) {
      foods[food[i]!]!++;
      const creatureSize = size[i]!;
      if (creatureSize === 0) continue;
      sizes[creatureSize]!++;
      healths[health[i]!]!++;
      ages[(tick - birth[i]!) & 0xffff]!++;
      if (colour[i] === kind) kindred++;
      else {
        if (kindred > 0) species.add(kind, kindred);
        kind = colour[i]!;
        kindred = 1;
      }
      if (lineage[i] === ancestor) descendants++;
      else {
        if (descendants > 0) lineages.add(ancestor, descendants);
        ancestor = lineage[i]!;
        descendants = 1;
      }
    }
  }
  if (kindred > 0) species.add(kind, kindred);
  if (descendants > 0) lineages.add(ancestor, descendants);
  const tables = { food: foods, size: sizes, health: healths, ageTicks: ages };
  return {
    squares: each((name) => squaresOf(tables[name])),
    histograms: each((name) => histogramOf(tables[name], SURVEYED[name])),
    species: species.result(),
    lineages: lineages.result(),
  };
}

/** Exact: a product is less than 2^64, and is added as a whole number. */
function squaresOf(table: Uint32Array): bigint {
  let sum = 0n;
  // So long as it is below 2^53 a sum of numbers is exact too, and faster.
  let part = 0;
  for (let value = 1; value < table.length; value++) {
    const count = table[value]!;
    if (count === 0) continue;
    const square = value * value;
    if (part + square * count < Number.MAX_SAFE_INTEGER) part += square * count;
    else {
      sum += BigInt(part) + BigInt(square) * BigInt(count);
      part = 0;
    }
  }
  return sum + BigInt(part);
}

function histogramOf(table: Uint32Array, bins: number): Float64Array {
  const histogram = new Float64Array(bins);
  for (let value = 0; value < table.length; value++) {
    const bin = binOf(value);
    histogram[bin] = histogram[bin]! + table[value]!;
  }
  return histogram;
}

export const EMPTY_SURVEY: Survey = Object.freeze({
  squares: each(() => 0n),
  histograms: each((name) => new Float64Array(SURVEYED[name])),
  species: NO_COLOURS,
  lineages: NO_COLOURS,
});

/** The surveys of two disjoint parts of one state together. */
export function mergeSurveys(a: Survey, b: Survey): Survey {
  return {
    squares: each((name) => a.squares[name] + b.squares[name]),
    histograms: each((name) =>
      a.histograms[name].map((count, i) => count + b.histograms[name][i]!),
    ),
    species: mergeColours(a.species, b.species),
    lineages: mergeColours(a.lineages, b.lineages),
  };
}

function each<T>(value: (name: Surveyed) => T): Record<Surveyed, T> {
  return Object.fromEntries(SURVEYED_NAMES.map((name) => [name, value(name)])) as Record<
    Surveyed,
    T
  >;
}
