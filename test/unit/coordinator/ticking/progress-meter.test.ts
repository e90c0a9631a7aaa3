import { describe, expect, test } from 'vitest';
import { ProgressMeter } from '../../../../services/coordinator/ticking/progress-meter.ts';
import {
  type TrackedBackend,
  trackedBackend,
} from '../../../../services/coordinator/ticking/tracked-backend.ts';
import { statusOf, topologyOf } from '../fixtures.ts';

const topology = topologyOf(2);

describe('the progress of several backends', () => {
  const backends = (...ticks: (number | undefined)[]): TrackedBackend[] =>
    ticks.map((tick, index) => ({
      ...trackedBackend(topology, topology.backends[index]!, 0),
      status: tick === undefined ? undefined : statusOf(index, { tick }),
    }));

  test('is that of the one furthest behind', () => {
    expect(new ProgressMeter(backends(7, 5)).tick).toBe(5);
  });

  test('is not known until all have answered', () => {
    expect(new ProgressMeter(backends(7, undefined)).tick).toBeUndefined();
  });

  test('reaches at most to the foremost one that has answered', () => {
    expect(new ProgressMeter(backends(7, undefined)).maxTick).toBe(7);
    expect(new ProgressMeter(backends(undefined, undefined)).maxTick).toBe(0);
  });
});

test('the recent rate follows a change of speed that the shown one still averages out', () => {
  const [tracked] = [trackedBackend(topology, topology.backends[0]!, 0)];
  const meter = new ProgressMeter([tracked!]);
  let tick = 0;
  const tickFor = (ticksPerSecond: number, durationMs: number, fromMs: number) => {
    for (let ms = 0; ms <= durationMs; ms += 250) {
      tracked!.status = statusOf(0, { tick: tick + (ticksPerSecond * ms) / 1_000 });
      meter.answered(fromMs + ms);
    }
    tick += (ticksPerSecond * durationMs) / 1_000;
  };
  tickFor(10, 10_000, 0);
  expect(meter.recentTicksPerSecond).toBeCloseTo(10);
  tickFor(100, 3_000, 10_000);
  expect(meter.recentTicksPerSecond).toBeCloseTo(100);
  expect(meter.ticksPerSecond).toBeLessThan(90);
});
