import { describe, expect, test } from 'vitest';
import {
  type Activity,
  isReleasing,
} from '../../../../services/coordinator/driver/driver-state.ts';
import { type PhaseInput, phaseOf } from '../../../../services/coordinator/driver/phase.ts';
import { eventOfSequence } from '../../../support/contracts/event-log-contract.ts';
import { recordOf, STORED, startedRecord, topologyOf } from '../fixtures.ts';

type Leading = NonNullable<PhaseInput['leading']>;
const leading = (activity: Activity, change: Partial<Leading> = {}): Leading => ({
  state: { ...activity, idleBackends: [] },
  tick: 100,
  moving: undefined,
  replay: undefined,
  absent: [],
  ...change,
});
const loaded = { stored: STORED, topology: topologyOf(2), replayUntil: 0 };
const ticking: Activity = { phase: 'Ticking', loaded };
const fault = { code: 'DETERMINISM_VIOLATION', reason: 'digests differ' };

describe('the phase', () => {
  const idle = recordOf();
  const starting = recordOf({ status: 'Initializing', generation: 1 });
  const started = startedRecord();

  test('of no colony is Idle', () => {
    expect(phaseOf({ record: idle, leading: leading({ phase: 'Waiting' }) }).phase).toBe('Idle');
  });

  test('of no colony, known from the record alone, is Idle', () => {
    expect(phaseOf({ record: idle })).toEqual({ phase: 'Idle', detail: null });
  });

  test('while backends let go of a stopped colony is Stopping', () => {
    expect(
      phaseOf({ record: idle, leading: leading({ phase: 'Releasing', isStopping: true }) }).phase,
    ).toBe('Stopping');
  });

  test('of a colony being initialised is Starting, and says what is done', () => {
    const activity = { phase: 'Starting', detail: 'discovering backends' } as const;
    expect(phaseOf({ record: starting, leading: leading(activity) })).toEqual({
      phase: 'Starting',
      detail: 'discovering backends',
    });
  });

  test('of a colony being initialised is Starting without a leader too', () => {
    expect(phaseOf({ record: starting }).phase).toBe('Starting');
  });

  test('of a running colony is Ticking', () => {
    const input = { record: started, leading: leading(ticking) };
    expect(phaseOf(input)).toEqual({ phase: 'Ticking', detail: null });
  });

  test('of a started colony without a leader is Waiting', () => {
    expect(phaseOf({ record: started })).toEqual({
      phase: 'Waiting',
      detail: 'no coordinator leads at the moment',
    });
  });

  test('at the tick of an event that is not in the log yet is Waiting, and says so', () => {
    const record = startedRecord({ eventSeq: 1, pendingEvents: [eventOfSequence(1, 100)] });
    expect(phaseOf({ record, leading: leading(ticking, { tick: 99 }) }).phase).toBe('Ticking');
    expect(phaseOf({ record, leading: leading(ticking, { tick: 100 }) })).toEqual({
      phase: 'Waiting',
      detail: 'waiting for event 1 to be in the event log',
    });
  });

  test('while a backend is absent is Waiting, and names it', () => {
    const input = { record: started, leading: leading(ticking, { absent: ['b1', 'b3'] }) };
    expect(phaseOf(input)).toEqual({ phase: 'Waiting', detail: 'waiting for b1, b3' });
  });

  test('of a colony that has never ticked is Starting until a backend has answered, of one that has Waiting', () => {
    const unanswered = { tick: undefined };
    expect(phaseOf({ record: started, leading: leading(ticking, unanswered) })).toEqual({
      phase: 'Starting',
      detail: 'the land is made, the backends are about to tick',
    });
    const resumed: Activity = { phase: 'Ticking', loaded: { ...loaded, replayUntil: 100 } };
    expect(phaseOf({ record: started, leading: leading(resumed, unanswered) }).phase).toBe(
      'Waiting',
    );
  });

  test('while shards are given to others is Recovering, and says why', () => {
    const activity = { phase: 'Recovering', loaded, detail: 'backend b1 is lost' } as const;
    expect(phaseOf({ record: started, leading: leading(activity) })).toEqual({
      phase: 'Recovering',
      detail: 'backend b1 is lost',
    });
  });

  test('while the world is brought to stand, and while it is moved, is Draining', () => {
    const standing = leading(ticking, { moving: 'to end: b1' });
    expect(phaseOf({ record: started, leading: standing })).toEqual({
      phase: 'Draining',
      detail: 'to end: b1',
    });
    const moving = { phase: 'Moving', loaded, detail: 'new: b3' } as const;
    expect(phaseOf({ record: started, leading: leading(moving) })).toEqual({
      phase: 'Draining',
      detail: 'new: b3',
    });
  });

  test('while the colony is replayed is Recovering', () => {
    const input = {
      record: started,
      leading: leading(ticking, { replay: { fromTick: 0, toTick: 900, remainingSeconds: null } }),
    };
    expect(phaseOf(input).phase).toBe('Recovering');
  });

  test.each([
    [
      { fromTick: 0, toTick: 900, remainingSeconds: null },
      'computing again from genesis: tick 100 of 900',
    ],
    [
      { fromTick: 60, toTick: 900, remainingSeconds: 7.2 },
      'computing again from the checkpoint of tick 60: tick 100 of 900, about 8 s left',
    ],
  ])(
    'while the colony is replayed says how far it is, and how long it takes: %j',
    (replay, detail) => {
      const input = { record: started, leading: leading(ticking, { replay }) };
      expect(phaseOf(input)).toEqual({ phase: 'Recovering', detail });
    },
  );

  test('before a replay has its first tick shows where it starts', () => {
    const resumed: Activity = { phase: 'Ticking', loaded: { ...loaded, replayUntil: 900 } };
    const replay = { fromTick: 60, toTick: 900, remainingSeconds: null };
    const input = { record: started, leading: leading(resumed, { tick: undefined, replay }) };
    expect(phaseOf(input).detail).toBe(
      'computing again from the checkpoint of tick 60: tick 60 of 900',
    );
  });

  test('of a replay whose backends are absent is Waiting: it goes no further', () => {
    const replay = { fromTick: 0, toTick: 900, remainingSeconds: null };
    const input = { record: started, leading: leading(ticking, { replay, absent: ['b1'] }) };
    expect(phaseOf(input)).toEqual({ phase: 'Waiting', detail: 'waiting for b1' });
  });

  test('of a paused colony that is replayed is Recovering: it stood further on', () => {
    const record = startedRecord({ paused: true, runUntil: 900 });
    const replay = { fromTick: 0, toTick: 900, remainingSeconds: null };
    expect(phaseOf({ record, leading: leading(ticking, { replay }) }).phase).toBe('Recovering');
  });

  test('of a colony that stands at its pause is Paused', () => {
    const record = startedRecord({ paused: true, runUntil: 100 });
    expect(phaseOf({ record, leading: leading(ticking) }).phase).toBe('Paused');
  });

  test('of a paused colony that still runs to where it will stand is Ticking', () => {
    const record = startedRecord({ paused: true, runUntil: 101 });
    const { phase, detail } = phaseOf({ record, leading: leading(ticking) });
    expect(phase).toBe('Ticking');
    expect(detail).toContain('101');
  });

  test('of a colony with a fault is Failed, with its reason, with or without a leader', () => {
    const record = startedRecord({ fault });
    const expected = { phase: 'Failed', detail: 'digests differ' };
    expect(phaseOf({ record })).toEqual(expected);
    expect(phaseOf({ record, leading: leading(ticking) })).toEqual(expected);
  });

  test('of a colony that this engine refuses to resume is Failed, and says so', () => {
    const activity = { phase: 'Refusing', detail: 'engine version 2 started it' } as const;
    expect(phaseOf({ record: started, leading: leading(activity) })).toEqual({
      phase: 'Failed',
      detail: 'engine version 2 started it',
    });
  });

  test.each<Activity>([
    { phase: 'Loading', justStarted: true },
    { phase: 'Inspecting', loaded, justStarted: true },
  ])('of a colony that was just started is Starting until it ticks ($phase)', (activity) => {
    expect(phaseOf({ record: started, leading: leading(activity) })).toEqual({
      phase: 'Starting',
      detail: 'the land is made, the backends are about to tick',
    });
  });

  test('of a started colony whose backends are looked for is Waiting, and says so', () => {
    const activity = { phase: 'Inspecting', loaded, justStarted: false } as const;
    expect(phaseOf({ record: started, leading: leading(activity) })).toEqual({
      phase: 'Waiting',
      detail: 'looking whether the backends still hold the colony',
    });
  });
});

describe('backends', () => {
  test.each<[string, Activity, boolean]>([
    ['before any colony', { phase: 'Waiting' }, false],
    ['when all have let go', { phase: 'Releasing', isStopping: false }, false],
    ['while some have not', { phase: 'Releasing', isStopping: true }, true],
    ['while the stop has not reached the driver yet', ticking, true],
  ])('may hold something of a stopped colony: %s', (_when, activity, expected) => {
    expect(isReleasing({ ...activity, idleBackends: [] })).toBe(expected);
  });
});
