import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellBlock } from '../../../../services/world/cells/cell-block.ts';
import { cellIndex } from '../../../../services/world/cells/cell-block.ts';
import {
  COLOURS_MAX,
  ColourCounter,
  type ColourCounts,
  mergeColours,
} from '../../../../services/world/measuring/colour-counts.ts';
import {
  binOf,
  EMPTY_SURVEY,
  mergeSurveys,
  SURVEYED_NAMES,
  type Surveyed,
  surveyOf,
} from '../../../../services/world/measuring/survey.ts';
import { surveyRow } from '../../../../services/world/measuring/survey-row.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { fillFrom, partition, scatter, seeds, wholeBlock } from '../worlds.ts';

const EDGES = [0, 1, 2, 3];
for (let edge = 4; edge < 65536; edge *= 2) EDGES.push(edge, (edge / 2) * 3);

/** Counted cell by cell, as it is defined. */
function naive(block: CellBlock, tick: number) {
  const values: Record<Surveyed, number[]> = { food: [], size: [], health: [], ageTicks: [] };
  const species = new Map<number, number>();
  const lineages = new Map<number, number>();
  const count = (counts: Map<number, number>, colour: number) =>
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  for (let row = 0; row < block.height; row++) {
    for (let column = 0; column < block.width; column++) {
      const i = cellIndex(block, column, row);
      values.food.push(block.food[i]!);
      if (block.size[i] === 0) continue;
      values.size.push(block.size[i]!);
      values.health.push(block.health[i]!);
      values.ageTicks.push((((tick - block.birth[i]!) % 65536) + 65536) % 65536);
      count(species, block.colour[i]!);
      count(lineages, block.lineage[i]!);
    }
  }
  const squares = SURVEYED_NAMES.map((name) =>
    values[name].reduce((sum, value) => sum + BigInt(value) * BigInt(value), 0n),
  );
  const histograms = SURVEYED_NAMES.map((name) =>
    EDGES.slice(0, name === 'size' ? 16 : 32).map(
      (edge, bin) =>
        values[name].filter((v) => v >= edge && v < (EDGES[bin + 1] ?? Infinity)).length,
    ),
  );
  return { squares, histograms, species: asEntries(species), lineages: asEntries(lineages) };
}

const asEntries = (counts: Map<number, number>) => [...counts].sort(([a], [b]) => a - b);
const entriesOf = ({ colours, counts }: ColourCounts) =>
  Array.from(colours, (colour, i) => [colour, counts[i]]);

describe('a survey', () => {
  it('is what a naive count gives, whatever the cells and the tick', () => {
    fc.assert(
      fc.property(seeds, fc.nat(200_000), (seed, tick) => {
        const block = wholeBlock(40, 30, 3);
        scatter(block, seed, { ...DEFAULT_RULES, maxFood: 65_000 });
        const survey = surveyOf(block, tick);
        const expected = naive(block, tick);
        expect(SURVEYED_NAMES.map((name) => survey.squares[name])).toEqual(expected.squares);
        expect(SURVEYED_NAMES.map((name) => [...survey.histograms[name]])).toEqual(
          expected.histograms,
        );
        expect(entriesOf(survey.species)).toEqual(expected.species);
        expect(entriesOf(survey.lineages)).toEqual(expected.lineages);
      }),
      { numRuns: 40 },
    );
  });

  it('of the parts of any partition merges to that of the whole world', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 39 }), { maxLength: 4 });
    fc.assert(
      fc.property(seeds, cuts, cuts, (seed, columnCuts, rowCuts) => {
        const whole = wholeBlock(40, 30, 0);
        scatter(whole, seed, DEFAULT_RULES);
        const parts = partition(whole, columnCuts, rowCuts, 2);
        for (const part of parts) fillFrom(whole, part, 'all');
        const merged = parts.map((part) => surveyOf(part, 7)).reduce(mergeSurveys, EMPTY_SURVEY);
        expect(merged).toEqual(surveyOf(whole, 7));
      }),
    );
  });

  it('has exact squares, where they are larger than what a number holds', () => {
    const block = wholeBlock(3000, 1000, 0);
    block.food.fill(65_535);
    block.food[0] = 65_534;
    const { squares } = surveyOf(block, 0);
    expect(squares.food).toBe(65_535n ** 2n * 2_999_999n + 65_534n ** 2n);
  });

  it('has bins that begin where they should', () => {
    const starts = Array.from({ length: 65_536 }, (_, v) => v).filter(
      (v) => v === 0 || binOf(v) !== binOf(v - 1),
    );
    expect(starts).toEqual([...EDGES].sort((a, b) => a - b).slice(0, 32));
    expect([binOf(255), binOf(65_535)]).toEqual([15, 31]);
  });
});

describe('counts of colours', () => {
  const countsOf = (from: number, to: number) => {
    const counter = new ColourCounter();
    for (let colour = from; colour < to; colour++) counter.add(colour, 1 + (colour % 3));
    return counter.result();
  };

  it('are grouped once there are too many, and not before', () => {
    expect(countsOf(0, COLOURS_MAX).isGrouped).toBe(false);
    const { isGrouped, colours } = countsOf(0, COLOURS_MAX + 1);
    expect([isGrouped, colours.length]).toEqual([true, 2 ** 12 + 1]);
  });

  it('are the same whether parts were grouped or only the whole is', () => {
    const end = COLOURS_MAX + 9000;
    const whole = countsOf(0, end);
    for (const cut of [9000, COLOURS_MAX + 1]) {
      const parts = [countsOf(0, cut), countsOf(cut, end)] as const;
      expect(mergeColours(...parts)).toEqual(whole);
      expect(mergeColours(parts[1], parts[0])).toEqual(whole);
    }
  });
});

describe('the row of a survey', () => {
  it('tells how diverse the world is, and its largest species', () => {
    const counter = new ColourCounter();
    for (let colour = 1; colour <= 20; colour++) counter.add(colour, colour === 9 ? 81 : 1);
    const row = surveyRow(500, { ...EMPTY_SURVEY, species: counter.result() });
    expect(row.species).toMatchObject({ distinct: 20, isGrouped: false, shannon: 1.045666 });
    expect(row.species.largest).toHaveLength(16);
    expect(row.species.largest.slice(0, 3)).toEqual([
      { colour: 9, count: 81 },
      { colour: 1, count: 1 },
      { colour: 2, count: 1 },
    ]);
    expect(row.lineages).toEqual({ distinct: 0, isGrouped: false, shannon: 0, largest: [] });
    expect(JSON.parse(JSON.stringify(row))).toEqual(row);
  });
});
