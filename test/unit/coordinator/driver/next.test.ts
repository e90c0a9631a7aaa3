import { describe, expect, test } from 'vitest';
import type {
  Activity,
  DriverEvent,
  DriverState,
} from '../../../../services/coordinator/driver/driver-state.ts';
import { INITIAL_STATE } from '../../../../services/coordinator/driver/driver-state.ts';
import { next } from '../../../../services/coordinator/driver/next.ts';
import { hex, liveBackend, STORED, topologyOf } from '../fixtures.ts';

const stored = STORED;
const topology = topologyOf(2);
const loaded = { stored, topology, replayUntil: 300 };
const idleBackends = [liveBackend(0)];
const [lostBackend] = topology.backends;

const at = (activity: Activity): DriverState => ({ ...activity, idleBackends });

const ACTIVITIES: Record<Activity['phase'], Activity> = {
  Waiting: { phase: 'Waiting' },
  Releasing: { phase: 'Releasing', isStopping: true },
  Starting: { phase: 'Starting', detail: undefined },
  Loading: { phase: 'Loading', justStarted: false },
  Inspecting: { phase: 'Inspecting', loaded, justStarted: false },
  Recovering: { phase: 'Recovering', loaded, detail: undefined },
  Ticking: { phase: 'Ticking', loaded },
  Moving: { phase: 'Moving', loaded, detail: 'to end: b0' },
  Refusing: { phase: 'Refusing', detail: 'another engine' },
};

const EVENTS: Record<DriverEvent['kind'], DriverEvent> = {
  begun: { kind: 'begun', status: 'Initializing', generation: 1 },
  ended: { kind: 'ended' },
  released: { kind: 'released', backends: [], holding: 0 },
  progressed: { kind: 'progressed', detail: 'discovering backends' },
  startEnded: { kind: 'startEnded' },
  specLoaded: { kind: 'specLoaded', stored },
  colonyLoaded: { kind: 'colonyLoaded', stored, topology, lastDigestTick: 0, pausedAtTick: 0 },
  inspected: { kind: 'inspected', areAllHeld: true },
  recovered: { kind: 'recovered', topology },
  backendLost: {
    kind: 'backendLost',
    lost: { backend: lostBackend!, reason: 'silent for 8000 ms' },
    maxTick: 0,
  },
  stoodStill: { kind: 'stoodStill', tick: 640, reason: 'to end: b0' },
  violationFound: {
    kind: 'violationFound',
    violation: { tick: 100, stored: hex(1), measured: hex(2) },
  },
  faultRecorded: { kind: 'faultRecorded' },
};

describe('a scope that begins', () => {
  const begun = (status: 'NotInitialized' | 'Initializing' | 'TopographyInitialized', g = 1) =>
    next(at(ACTIVITIES.Ticking), { kind: 'begun', status, generation: g });

  test('without a colony releases backends at once', () => {
    const { state, effects } = begun('NotInitialized');
    expect(state).toMatchObject({ phase: 'Releasing', isStopping: true });
    expect(effects).toEqual([{ kind: 'release', afterMs: 0 }]);
  });

  test('before the first colony has nothing to stop', () => {
    expect(begun('NotInitialized', 0).state).toMatchObject({ isStopping: false });
  });

  test('with a claimed colony starts it', () => {
    const { state, effects } = begun('Initializing');
    expect(state.phase).toBe('Starting');
    expect(effects).toEqual([{ kind: 'start' }]);
  });

  test('with a started colony loads it', () => {
    const { state, effects } = begun('TopographyInitialized');
    expect(state.phase).toBe('Loading');
    expect(effects).toEqual([{ kind: 'loadSpec' }]);
  });

  test.each([
    ['that this leader has just started', ACTIVITIES.Starting, true],
    ['that was there before this leader', ACTIVITIES.Waiting, false],
  ])('knows a colony %s from the first look on', (_what, activity, justStarted) => {
    const event = { kind: 'begun', status: 'TopographyInitialized', generation: 1 } as const;
    const loading = next(at(activity), event).state;
    expect(loading).toMatchObject({ phase: 'Loading', justStarted });
    expect(next(loading, EVENTS.colonyLoaded).state).toMatchObject({
      phase: 'Inspecting',
      justStarted,
    });
  });

  test('goes on showing the backends that were there before', () => {
    expect(begun('Initializing').state.idleBackends).toEqual(idleBackends);
  });
});

describe('without a colony', () => {
  const released = (holding: number) =>
    next(at(ACTIVITIES.Releasing), { kind: 'released', backends: [liveBackend(1)], holding });

  test('the driver looks again soon while backends hold something', () => {
    const { state, effects } = released(1);
    expect(state).toMatchObject({ isStopping: true });
    expect(effects).toEqual([{ kind: 'release', afterMs: 500 }]);
  });

  test('the driver looks again now and then once they have let go', () => {
    const { state, effects } = released(0);
    expect(state).toMatchObject({ isStopping: false });
    expect(effects).toEqual([{ kind: 'release', afterMs: 5_000 }]);
  });

  test('the backends that were found are shown', () => {
    expect(released(0).state.idleBackends).toEqual([liveBackend(1)]);
  });
});

test('a start that has ended leaves what comes next to the record', () => {
  const state = at(ACTIVITIES.Starting);
  expect(next(state, EVENTS.startEnded)).toEqual({ state, effects: [] });
});

test.each(['Starting', 'Recovering'] as const)('%s says what it is doing', (phase) => {
  const { state, effects } = next(at(ACTIVITIES[phase]), EVENTS.progressed);
  expect(state).toEqual({ ...at(ACTIVITIES[phase]), detail: 'discovering backends' });
  expect(effects).toEqual([]);
});

test('late news of an effect that has ended changes nothing', () => {
  const state = at(ACTIVITIES.Ticking);
  expect(next(state, EVENTS.progressed)).toEqual({ state, effects: [] });
});

describe('a started colony that is loaded', () => {
  const load = (change: Partial<DriverEvent & { kind: 'colonyLoaded' }> = {}) =>
    next(at(ACTIVITIES.Loading), {
      kind: 'colonyLoaded',
      stored,
      topology,
      lastDigestTick: 0,
      pausedAtTick: 0,
      ...change,
    });

  test('by this engine is read on', () => {
    const { state, effects } = next(at(ACTIVITIES.Loading), EVENTS.specLoaded);
    expect(state.phase).toBe('Loading');
    expect(effects).toEqual([{ kind: 'loadColony', stored }]);
  });

  test('by another engine is refused, with a word that names both', () => {
    const other = { ...stored, engineVersion: stored.engineVersion + 1 };
    const { state, effects } = next(at(ACTIVITIES.Loading), { kind: 'specLoaded', stored: other });
    const detail = expect.stringMatching(
      `engine version ${other.engineVersion} .* has ${stored.engineVersion}`,
    );
    expect(state).toMatchObject({ phase: 'Refusing', detail });
    expect(effects).toEqual([{ kind: 'refuse', code: 'ENGINE_VERSION_MISMATCH', detail }]);
  });

  test('is looked for on its backends', () => {
    const { state, effects } = load();
    expect(state.phase).toBe('Inspecting');
    expect(effects).toEqual([{ kind: 'inspect', topology }]);
  });

  test('without a topology is recovered onto any backend', () => {
    const { state, effects } = load({ topology: undefined });
    expect(state.phase).toBe('Recovering');
    expect(effects).toEqual([{ kind: 'recover', stored, wantedBackends: 1 }]);
  });

  test('is replayed as far as its last digest', () => {
    expect(load({ lastDigestTick: 700, pausedAtTick: 40 }).state).toMatchObject({
      loaded: { replayUntil: 700 },
    });
  });

  test('is replayed as far as it was paused, where that is further', () => {
    expect(load({ lastDigestTick: 700, pausedAtTick: 740 }).state).toMatchObject({
      loaded: { replayUntil: 740 },
    });
  });

  test('that all its backends hold ticks on', () => {
    const { state, effects } = next(at(ACTIVITIES.Inspecting), EVENTS.inspected);
    expect(state).toMatchObject({ phase: 'Ticking', loaded });
    expect(effects).toEqual([{ kind: 'tick', ...loaded, isHeld: true }]);
  });

  test('that a backend does not hold is recovered onto as many', () => {
    const { state, effects } = next(at(ACTIVITIES.Inspecting), {
      kind: 'inspected',
      areAllHeld: false,
    });
    expect(state).toMatchObject({ phase: 'Recovering', loaded, detail: undefined });
    expect(effects).toEqual([{ kind: 'recover', stored, wantedBackends: 2 }]);
  });
});

describe('a backend that is lost', () => {
  const lost = (maxTick: number) =>
    next(at(ACTIVITIES.Ticking), { ...EVENTS.backendLost, maxTick } as DriverEvent);

  test('has its colony recovered onto as many backends, and says which is lost', () => {
    const { state, effects } = lost(0);
    expect(state).toMatchObject({
      phase: 'Recovering',
      detail: 'backend b0 is lost: silent for 8000 ms',
    });
    expect(effects).toEqual([{ kind: 'recover', stored, wantedBackends: 2 }]);
  });

  test('stays the cause of what is computed again, whatever is said meanwhile', () => {
    const said = next(lost(0).state, { kind: 'progressed', detail: 'looking for backends' }).state;
    const { state } = next(said, EVENTS.recovered);
    const cause = 'backend b0 is lost: silent for 8000 ms';
    expect(state).toMatchObject({ phase: 'Ticking', loaded: { cause } });
  });

  test('makes the replay run as far as the others had come', () => {
    expect(lost(310).state).toMatchObject({ loaded: { replayUntil: 310 } });
  });

  test('during a replay does not shorten it', () => {
    expect(lost(290).state).toMatchObject({ loaded: { replayUntil: 300 } });
  });
});

test('a recovered colony ticks on the next topology, as far in a hurry as before', () => {
  const after = topologyOf(2, { topologyVersion: 2 });
  const { state, effects } = next(at(ACTIVITIES.Recovering), {
    kind: 'recovered',
    topology: after,
  });
  expect(state).toMatchObject({ phase: 'Ticking', loaded: { topology: after, replayUntil: 300 } });
  expect(effects).toEqual([
    { kind: 'tick', stored, topology: after, replayUntil: 300, isHeld: false },
  ]);
});

test('a world that stands for a move goes to the backends that are there, without a replay', () => {
  const moving = next(at(ACTIVITIES.Ticking), EVENTS.stoodStill);
  expect(moving.state).toMatchObject({
    phase: 'Moving',
    detail: 'to end: b0',
    loaded: { replayUntil: 640 },
  });
  expect(moving.effects).toEqual([{ kind: 'recover', stored, wantedBackends: 'any' }]);
  const after = topologyOf(1, { topologyVersion: 2 });
  const { state, effects } = next(moving.state, { kind: 'recovered', topology: after });
  expect(state).toMatchObject({ phase: 'Ticking', loaded: { topology: after } });
  expect(effects).toEqual([
    { kind: 'tick', stored, topology: after, replayUntil: 640, isHeld: false },
  ]);
});

test('two digests that differ are recorded as a fault, and the colony is driven on to stand', () => {
  const state = at(ACTIVITIES.Ticking);
  const { effects, state: after } = next(state, EVENTS.violationFound);
  expect(after).toEqual(state);
  expect(effects).toMatchObject([
    {
      kind: 'recordFault',
      code: 'DETERMINISM_VIOLATION',
      reason: `digest of tick 100: ${hex(1)} is stored, ${hex(2)} was measured`,
    },
  ]);
  expect(next(after, EVENTS.faultRecorded)).toEqual({ state, effects: [] });
});

test('the end of the term ends every phase', () => {
  for (const activity of Object.values(ACTIVITIES)) {
    const { state, effects } = next(at(activity), EVENTS.ended);
    expect(state).toEqual({ phase: 'Waiting', idleBackends });
    expect(effects).toEqual([]);
  }
});

test('a driver begins with nothing to do and no backend to show', () => {
  expect(INITIAL_STATE).toEqual({ phase: 'Waiting', idleBackends: [] });
});

const EXPECTED: Record<Activity['phase'], DriverEvent['kind'][]> = {
  Waiting: [],
  Releasing: ['released'],
  Starting: ['startEnded'],
  Loading: ['specLoaded', 'colonyLoaded'],
  Inspecting: ['inspected'],
  Recovering: ['recovered'],
  Ticking: ['backendLost', 'stoodStill', 'violationFound', 'faultRecorded'],
  Moving: ['recovered'],
  Refusing: [],
};

describe.each(Object.keys(ACTIVITIES) as Activity['phase'][])('in phase %s', (phase) => {
  const always = ['begun', 'ended', 'progressed'];
  const others = Object.values(EVENTS).filter(
    ({ kind }) => !always.includes(kind) && !EXPECTED[phase].includes(kind),
  );
  test.each(others)('the event $kind is a bug', (event) => {
    expect(() => next(at(ACTIVITIES[phase]), event)).toThrow(
      `the event ${event.kind} in phase ${phase}`,
    );
  });
});
