import { describe, expect, test } from 'vitest';
import {
  emitMeasurements,
  type MeasuredState,
  measure,
  readings,
} from '../../../../services/coordinator/chores/measurements.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { METRICS } from '../../../../services/protocol/common/names.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { recordOf, SELF, startedRecord } from '../fixtures.ts';

const stateOf = (change: Partial<MeasuredState> = {}): MeasuredState => ({
  record: startedRecord(),
  phase: 'Ticking',
  configuredBackends: 4,
  aliveBackends: 4,
  tick: 50,
  achievedTicksPerSecond: 60,
  replayUntil: undefined,
  tickedMs: 24_200,
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

describe('what the leader tells Prometheus', () => {
  test('of a colony that ticks', () => {
    const record = startedRecord({ horizon: 200, ticksPerSecond: 60, wantedBackends: 5 });
    const { colony_phase: phases, ...others } = readings(stateOf({ record }));
    expect(others).toEqual({
      colony_tick: 50,
      colony_horizon_tick: 200,
      colony_ticks_per_second: 60,
      colony_asked_ticks_per_second: 60,
      colony_replay_remaining_ticks: 0,
      colony_backends_wanted: 5,
      colony_backends_missing: 1,
      colony_checkpoint_tick: undefined,
      colony_checkpoint_ticked_seconds: 24.2,
      colony_checkpoint_overdue_seconds: 14.2,
    });
    expect(phases).toContainEqual({ labels: { phase: 'Ticking' }, value: 1 });
    expect(phases).toContainEqual({ labels: { phase: 'Paused' }, value: 0 });
  });

  test('how far a replay is, and no pace that is unlimited', () => {
    const record = startedRecord({ ticksPerSecond: null });
    expect(readings(stateOf({ record, replayUntil: 80 }))).toMatchObject({
      colony_replay_remaining_ticks: 30,
      colony_asked_ticks_per_second: undefined,
    });
  });

  test('the tick of the newest checkpoint', () => {
    const checkpoint = { tick: 40 } as never;
    const record = { ...startedRecord(), checkpoint };
    expect(readings(stateOf({ record }))).toMatchObject({ colony_checkpoint_tick: 40 });
  });

  test('at tick 0, and at once after a checkpoint, the figures are 0 and not left out', () => {
    expect(readings(stateOf({ tick: 0, tickedMs: 0 }))).toMatchObject({
      colony_tick: 0,
      colony_checkpoint_ticked_seconds: 0,
    });
  });

  test('nothing but the phase and that no backend is missing, where no colony is', () => {
    const undriven = { tick: undefined, achievedTicksPerSecond: undefined, tickedMs: undefined };
    const idle = stateOf({ record: recordOf(), phase: 'Idle', ...undriven });
    const { colony_phase: _phases, ...others } = readings(idle);
    const told = Object.entries(others).filter(([, value]) => value !== undefined);
    expect(told).toEqual([['colony_backends_missing', 0]]);
  });

  test('the same as CloudWatch is told, where both have it', () => {
    const state = stateOf({ aliveBackends: 1 });
    const told = measure(state);
    expect(readings(state)).toMatchObject({
      colony_backends_missing: told.backendsMissing,
      colony_ticks_per_second: told.ticksPerSecond,
      colony_checkpoint_overdue_seconds: told.checkpointAge,
    });
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
