import { describe, expect, test } from 'vitest';
import { ProgressMeter } from '../../../../services/coordinator/ticking/progress-meter.ts';
import {
  type TrackedBackend,
  trackedBackend,
} from '../../../../services/coordinator/ticking/tracked-backend.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { STORED, statusOf, topologyOf } from '../fixtures.ts';

const topology = topologyOf(2);
const later = { ...topology, origin: { ...new Timeline(STORED.spec).originHere(0), tick: 300 } };
/** Of backends that were driven before, unless said otherwise. */
const meterOf = (backends: TrackedBackend[], run = { topology, isHeld: true }) =>
  new ProgressMeter(backends, run);

describe('the progress of several backends', () => {
  const backends = (...ticks: (number | undefined)[]): TrackedBackend[] =>
    ticks.map((tick, index) => ({
      ...trackedBackend(topology, topology.backends[index]!, 0),
      status: tick === undefined ? undefined : statusOf(index, { tick }),
    }));

  test('is that of the one furthest behind', () => {
    expect(meterOf(backends(7, 5)).tick).toBe(5);
  });

  test('is not known until all have answered', () => {
    expect(meterOf(backends(7, undefined)).tick).toBeUndefined();
  });

  test('reaches at most to the foremost one that has answered', () => {
    expect(meterOf(backends(7, undefined)).maxTick).toBe(7);
    expect(meterOf(backends(undefined, undefined)).maxTick).toBe(0);
  });

  test('begins where the topology starts', () => {
    const silent = backends(undefined, undefined);
    const progress = { ticksPerSecond: 60, achievedTicksPerSecond: 0 };
    expect(meterOf(silent, { topology: later, isHeld: false }).progress(60)).toEqual({
      ...progress,
      ...{ maxTick: 300, isKnown: true },
    });
    // They hold it since before: they may be anywhere.
    expect(meterOf(silent, { topology: later, isHeld: true }).progress(60)).toEqual({
      ...progress,
      ...{ maxTick: 300, isKnown: false },
    });
    const heard = backends(400, 410);
    expect(meterOf(heard, { topology: later, isHeld: true }).progress(60)).toEqual({
      ...progress,
      ...{ maxTick: 410, isKnown: true },
    });
  });
});

test('the recent rate follows a change of speed that the shown one still averages out', () => {
  const [tracked] = [trackedBackend(topology, topology.backends[0]!, 0)];
  const meter = meterOf([tracked!]);
  let tick = 0;
  const tickFor = (ticksPerSecond: number, durationMs: number, fromMs: number) => {
    for (let ms = 0; ms <= durationMs; ms += 250) {
      tracked!.status = statusOf(0, { tick: tick + (ticksPerSecond * ms) / 1_000 });
      meter.answered(fromMs + ms);
    }
    tick += (ticksPerSecond * durationMs) / 1_000;
  };
  tickFor(10, 10_000, 0);
  expect(meter.progress(60).achievedTicksPerSecond).toBeCloseTo(10);
  tickFor(100, 3_000, 10_000);
  expect(meter.progress(60).achievedTicksPerSecond).toBeCloseTo(100);
  expect(meter.ticksPerSecond).toBeLessThan(90);
});
