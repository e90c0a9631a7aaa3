import { describe, expect, test } from 'vitest';
import {
  surveysWithGaps,
  withGaps,
} from '../../../../../services/dashboard/src/charts/data/gaps.ts';
import type { Known, Panel } from '../../../../../services/dashboard/src/charts/panels/panel.ts';
import { panelsOf } from '../../../../../services/dashboard/src/charts/panels/panels.ts';
import {
  drawnSeries,
  plotData,
} from '../../../../../services/dashboard/src/charts/panels/plot-data.ts';
import { ratePanel } from '../../../../../services/dashboard/src/charts/panels/rate-panel.ts';
import { FakeLife } from '../../../../support/charts/fake-life.ts';

const ALL = 10_000;

function known(life: FakeLife, isPerCreature = false): Known {
  const surveys = life.surveys({ from: 0, points: ALL });
  return {
    statistics: withGaps(life.statistics({ from: 0, points: ALL })),
    surveys: surveysWithGaps(surveys.surveys, surveys.everyTicks),
    isPerCreature,
  };
}

const panel = (id: string, of: Known): Panel => {
  const found = panelsOf(of).find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no panel ${id}`);
  return found;
};

const life = new FakeLife({ tick: 3_000 });

test('every panel has a value for each of its ticks, and ticks that rise', () => {
  for (const { id, ticks, lines, stack = [], band } of panelsOf(known(life))) {
    expect(ticks, id).toEqual([...new Set(ticks)].sort((a, b) => a - b));
    for (const { values } of [...lines, ...stack]) expect(values, id).toHaveLength(ticks.length);
    for (const values of band === undefined ? [] : [band.low, band.high]) {
      expect(values, id).toHaveLength(ticks.length);
    }
  }
});

test('the population is that of the statistics', () => {
  const { ticks, lines } = panel('population', known(life));
  const at = ticks.indexOf(1_000);
  expect(lines[0]?.values[at]).toBe(life.row(1_000)['population']);
});

describe('births and deaths', () => {
  test('are told by the tick, or by creature', () => {
    const row = life.row(1_000);
    const births = (isPerCreature: boolean) => {
      const { ticks, lines } = panel('births-deaths', known(life, isPerCreature));
      return lines[0]?.values[ticks.indexOf(1_000)] ?? 0;
    };
    expect(births(false)).toBe((row['births'] ?? 0) / 20);
    const living = ((row['population'] ?? 0) + (life.row(980)['population'] ?? 0)) / 2;
    expect(births(true)).toBeCloseTo(((row['births'] ?? 0) / 20 / living) * 1_000, 9);
  });

  test('have causes that are rare only where they happened', () => {
    const causes = (of: Known) => panel('births-deaths', of).stack?.map(({ key }) => key);
    expect(causes(known(new FakeLife({ tick: 1_000 })))).not.toContain('deathsExtinct');
    expect(causes(known(life))).toContain('deathsExtinct');
  });

  test('stand on each other', () => {
    const of = panel('births-deaths', known(life));
    const at = of.ticks.indexOf(1_000);
    const [, top] = plotData(of);
    const sum = of.stack?.reduce((total, { values }) => total + (values[at] ?? 0), 0);
    expect(top?.[at]).toBeCloseTo(sum ?? 0, 9);
    expect(drawnSeries(of)[0]).toBe(of.stack?.at(-1));
  });
});

test('a mean has its spread at the ticks of surveys alone', () => {
  const { ticks, band, lines } = panel('size', known(life));
  const at = (tick: number) => ticks.indexOf(tick);
  const mean = lines[0]?.values[at(500)] ?? 0;
  expect(band?.high[at(500)]).toBeCloseTo(mean + 3, 1);
  expect(band?.low[at(500)]).toBeCloseTo(mean - 3, 1);
  expect(band?.low[at(520)]).toBeUndefined();
});

test('shares of species and all others are the whole', () => {
  const of = panel('species-shares', known(life));
  of.ticks.forEach((_, i) => {
    expect(of.stack?.reduce((sum, { values }) => sum + (values[i] ?? 0), 0)).toBeCloseTo(1, 9);
  });
  expect(of.stack?.[0]?.marks?.kind).toBe('species');
});

test('a gap is a gap in every chart', () => {
  const holed = known(new FakeLife({ tick: 4_000, gap: [1_000, 2_999] }));
  for (const of of panelsOf(holed)) {
    const [, ...all] = plotData(of);
    const inGap = of.ticks
      .map((tick, i) => [tick, i] as const)
      .filter(([tick]) => tick >= 1_000 && tick < 3_000);
    expect(inGap.length, of.id).toBeGreaterThan(0);
    for (const values of all) {
      expect(
        inGap.some(([, i]) => values[i] === null),
        of.id,
      ).toBe(true);
      expect(
        inGap.every(([, i]) => typeof values[i] !== 'number'),
        of.id,
      ).toBe(true);
    }
  }
});

test('a coordinator that counts no changes has none to show', () => {
  const { statistics, ...rest } = known(life);
  const { births: _, ...columns } = statistics.columns;
  const older = {
    ...rest,
    statistics: { ...statistics, columns: columns as typeof statistics.columns },
  };
  expect(panel('births-deaths', older).lines[0]?.values.every((value) => value === null)).toBe(
    true,
  );
});

test('the pace is that of the shown range', () => {
  const rates = [10, 20, 30].map((tick) => ({ tick, ticksPerSecond: tick }));
  const { ticks, lines } = ratePanel(rates, { from: 15, to: 30 });
  expect(ticks).toEqual([20, 30]);
  expect(lines[0]?.values).toEqual([20, 30]);
});
