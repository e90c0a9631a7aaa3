import { expect, test } from 'vitest';
import { newestLine, statsLines } from '../../../../services/cli/stats/stats-text.ts';
import { figure } from '../../../../services/protocol/common/figures.ts';
import { FakeLife } from '../../../support/charts/fake-life.ts';

const life = new FakeLife({ tick: 8_000 });
const table = life.statistics({ from: 0, points: 1_000 });
const row = life.row(8_000) as Record<string, number>;
const lineOf = (lines: readonly string[], name: string) =>
  lines.find((line) => line.startsWith(name));

test('without a terminal each is told by its newest, least and largest value', () => {
  const lines = statsLines(table, undefined);
  expect(lines[0]).toBe('ticks 0 to 8,000, a row each 20 ticks');
  const populations = table.columns['population'] as number[];
  const told = [row['population'] ?? 0, Math.min(...populations), Math.max(...populations)];
  expect(lineOf(lines, 'population')?.split(/ {2,}/)).toEqual(['population', ...told.map(figure)]);
  expect(lines.join('')).not.toMatch(/[▁-█]/);
});

test('births are told by the tick, deaths of all causes together', () => {
  const lines = statsLines(table, undefined);
  expect(lineOf(lines, 'births per tick')).toContain(` ${figure((row['births'] ?? 0) / 20)} `);
  const causes = ['deathsStarved', 'deathsAccident', 'deathsKilled'];
  const deaths = causes.reduce((sum, cause) => sum + (row[cause] ?? 0), 0) / 20;
  expect(lineOf(lines, 'deaths per tick')).toContain(` ${figure(deaths)} `);
});

test.each([60, 80, 200])(
  'on a terminal of %d columns there are charts, and no line is wider',
  (columns) => {
    const lines = statsLines(table, columns);
    expect(lines.every((line) => [...line].length < columns)).toBe(true);
    expect(lineOf(lines, 'size, mean')).toMatch(/[▁-█]{5}/);
    // The population's is several lines high.
    expect(lines.filter((line) => line.startsWith(' '.repeat(40))).length).toBe(3);
  },
);

test('a terminal without room for charts has none', () => {
  expect(statsLines(table, 50).join('')).not.toMatch(/[▁-█]/);
});

test('what no row knows is left out', () => {
  const { births: _, ...columns } = table.columns;
  const older = { ...table, columns: columns as typeof table.columns };
  expect(lineOf(statsLines(older, 80), 'births')).toBeUndefined();
});

test('of ticks without statistics it is said', () => {
  expect(statsLines(life.statistics({ from: 9_000, points: 10 }), 80)).toEqual([
    'No statistics of these ticks are known.',
  ]);
});

test('the newest row is one line', () => {
  expect(newestLine(table)).toMatch(/^tick 8000 · population [\d.]+ k · births per tick /);
});
