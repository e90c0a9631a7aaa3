import { describe, expect, test } from 'vitest';
import {
  estimateTexts,
  measuredOf,
} from '../../../../services/dashboard/src/control/start/estimate.ts';
import { colonyView } from '../../cli/colony-view.fixture.ts';

const world = { width: 2000, height: 1250 };
const unknown = { measured: undefined, processors: undefined };

test('a world takes at least its cells, as the server counts them', () => {
  expect(estimateTexts(world, null, unknown).memory).toBe('at least 43 MB');
  const large = { width: 20_000, height: 20_000 };
  expect(estimateTexts(large, null, unknown).memory).toBe('at least 6.8 GB');
});

describe('the speed', () => {
  test('is what a processor can do, if no more is known', () => {
    expect(estimateTexts(world, null, unknown).speed).toBe('about 78 ticks/s, for each processor');
  });

  test('is what the processors of this machine can do together', () => {
    const here = { measured: undefined, processors: 2 };
    expect(estimateTexts(world, null, here).speed).toBe('about 160 ticks/s, on 2 processors');
  });

  test('is what the last world has shown, if there was one', () => {
    const shown = { measured: { cellsPerSecond: 25e6 }, processors: 2 };
    expect(estimateTexts(world, null, shown).speed).toBe(
      'about 10 ticks/s, as fast as the last world here',
    );
  });

  test('is the pace that is asked for where more is possible', () => {
    const here = { measured: undefined, processors: 2 };
    expect(estimateTexts(world, 60, here).speed).toBe(
      '60 ticks/s as asked; about 160 possible on 2 processors',
    );
    expect(estimateTexts(world, 240, here).speed).toBe('about 160 ticks/s, on 2 processors');
  });
});

describe('what a colony can do', () => {
  const ticking = (achieved: number | null, asked: number | null) =>
    measuredOf(colonyView({ ticksPerSecond: { achieved, asked } }));

  test('is measured while it does all it can', () => {
    expect(ticking(100, null)).toEqual({ cellsPerSecond: 250e6 });
    expect(ticking(30, 60)).toEqual({ cellsPerSecond: 75e6 });
  });

  test('is not known while it keeps the pace that it was asked for, or stands', () => {
    expect(ticking(59.8, 60)).toBeUndefined();
    expect(ticking(null, null)).toBeUndefined();
    const paused = { phase: 'Paused', ticksPerSecond: { achieved: 30, asked: null } } as const;
    expect(measuredOf(colonyView(paused))).toBeUndefined();
  });
});
