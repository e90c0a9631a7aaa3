import { describe, expect, test } from 'vitest';
import {
  emitMeasurements,
  type MeasuredState,
  measure,
} from '../../../../services/coordinator/chores/measurements.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { METRICS } from '../../../../services/protocol/common/names.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { recordOf, SELF, startedRecord } from '../fixtures.ts';

const stateOf = (change: Partial<MeasuredState> = {}): MeasuredState => ({
  record: startedRecord(),
  backendCount: 4,
  aliveBackends: 4,
  tick: 50,
  achievedTicksPerSecond: 60,
  overdueMs: 14_200,
  ...change,
});

describe('what the leader measures', () => {
  test('of a colony that ticks', () => {
    expect(measure(stateOf())).toEqual({
      leader: 1,
      backendsMissing: 0,
      ticksPerSecond: 60,
      checkpointAge: 14.2,
    });
  });

  test('every metric that the dashboard and the alarms can watch', () => {
    expect(Object.keys(measure(stateOf())).sort()).toEqual(Object.keys(METRICS.names).sort());
  });

  test('of a colony that ought to tick and is not driven: that it stands', () => {
    const undriven = stateOf({ tick: undefined, achievedTicksPerSecond: undefined });
    expect(measure(undriven)).toMatchObject({ ticksPerSecond: 0 });
  });

  test('of backends that are missing, and of more than are wanted', () => {
    expect(measure(stateOf({ aliveBackends: 1 }))).toMatchObject({ backendsMissing: 3 });
    expect(measure(stateOf({ aliveBackends: 5 }))).toMatchObject({ backendsMissing: 0 });
  });

  test('of backends that are missing of those that the colony was asked for', () => {
    const record = startedRecord({ wantedBackends: 7 });
    expect(measure(stateOf({ record }))).toMatchObject({ backendsMissing: 3 });
  });

  test('no number of missing backends before anybody has looked', () => {
    expect(measure(stateOf({ aliveBackends: undefined }))).not.toHaveProperty('backendsMissing');
  });

  test('no backend is missing while no colony is started', () => {
    expect(measure(stateOf({ record: recordOf(), aliveBackends: 0 }))).toEqual({
      leader: 1,
      backendsMissing: 0,
    });
  });

  test.each([
    ['starting', startedRecord({ status: 'Initializing' })],
    ['paused where it stands', startedRecord({ paused: true, runUntil: 50 })],
    ['at a fault', startedRecord({ fault: { code: 'DETERMINISM_VIOLATION', reason: 'x' } })],
  ])('no pace of a colony that is %s', (_what, record) => {
    expect(measure(stateOf({ record }))).not.toHaveProperty('ticksPerSecond');
  });

  test.each([
    ['of which the next checkpoint is not due', stateOf({ overdueMs: undefined })],
    ['that is paused', stateOf({ record: startedRecord({ paused: true, runUntil: 50 }) })],
    ['that is not there', stateOf({ record: recordOf() })],
  ])('no age of the checkpoint of a colony %s', (_what, state) => {
    expect(measure(state)).not.toHaveProperty('checkpointAge');
  });

  test('the pace of a colony that still runs to where it will pause', () => {
    const record = startedRecord({ paused: true, runUntil: 60 });
    expect(measure(stateOf({ record }))).toMatchObject({ ticksPerSecond: 60 });
  });
});

test('measurements are made every 10 s, by the leader only', async () => {
  const clock = new VirtualClock();
  const term = new LeaderTerm({ leaderId: SELF.id, epoch: 1, clock, leaseMs: 60_000, sentMs: 0 });
  const emitted: object[] = [];
  const metrics = { emit: (values: object) => emitted.push(values) };
  const done = emitMeasurements({ metrics, clock, state: stateOf }, term);
  await clock.advance(35_000);
  term.end();
  await done;
  await clock.advance(60_000);
  expect(emitted).toHaveLength(4);
});
