import { describe, expect, test } from 'vitest';
import { leadText, ranked } from '../../../../../services/dashboard/src/charts/data/leaders.ts';
import type { Kinds, Survey } from '../../../../../services/dashboard/src/charts/data/tables.ts';

const kinds = (counts: readonly [colour: number, count: number][]): Kinds => ({
  distinct: counts.length,
  shannon: 1,
  largest: counts.map(([colour, count]) => ({ colour, count })),
});

const survey = (
  tick: number,
  counts: readonly [colour: number, count: number][],
  population = 100,
): Survey => ({
  tick,
  squares: { food: '0', size: '0', health: '0', ageTicks: '0' },
  histograms: { food: [], size: [population], health: [], ageTicks: [] },
  species: kinds(counts),
  lineages: kinds([]),
});

const ofSpecies = ({ species }: Survey) => species;

test('the largest kinds come with their shares of the living', () => {
  const at = survey(500, [
    [0xff, 30],
    [0x10, 20],
    [0x11, 10],
  ]);
  expect(ranked(at, ofSpecies, 2)).toEqual([
    { colour: 0xff, name: '#0000ff', share: 0.3 },
    { colour: 0x10, name: '#000010', share: 0.2 },
  ]);
});

describe('how long a kind has led', () => {
  const surveys = [
    survey(1000, [[1, 9]]),
    survey(1500, [[2, 9]]),
    survey(2000, [[1, 9]]),
    survey(2500, [[1, 9]]),
  ];

  test('counts from the survey at which it took the lead', () => {
    expect(leadText(surveys, 3, ofSpecies)).toBe('#000001 has led since tick 2,000');
  });

  test('is open where it led at the first survey that is known', () => {
    expect(leadText(surveys, 0, ofSpecies)).toBe('#000001 has led since tick 1,000 or longer');
  });

  test('is from the start where it led at tick 0', () => {
    expect(leadText([survey(0, [[1, 9]])], 0, ofSpecies)).toBe('#000001 has led since tick 0');
  });

  test('is of nobody where nobody lives', () => {
    expect(leadText([survey(500, [], 0)], 0, ofSpecies)).toBe('');
  });
});
