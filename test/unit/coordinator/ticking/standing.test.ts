import { beforeEach, describe, expect, test } from 'vitest';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import { type Held, Standing } from '../../../../services/coordinator/ticking/standing.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { grantsOptions, startedRecord } from '../fixtures.ts';

const HEARTBEAT_MS = 250;

/** Two backends: how far each has got, and whether it answers. */
let backends: { bootId: string; tick: number; answers: boolean; horizon: number }[];
let clock: VirtualClock;
let grants: Grants;
let record: ColonyRecord;
let isRunning: boolean;
let achieved: number;
let nudges: number;
let standing: Standing;

/** A heartbeat to each: it runs as far as it may, or acknowledges what it has begun. */
function beat(): void {
  const maxTick = Math.max(...backends.map(({ tick }) => tick));
  for (const backend of backends) {
    const progress = {
      maxTick,
      isKnown: true,
      ticksPerSecond: null,
      achievedTicksPerSecond: achieved,
    };
    const horizon = grants.next(record, progress);
    const number = grants.give(backend.bootId, horizon);
    if (!backend.answers) continue;
    backend.horizon = Math.max(horizon, backend.tick);
    grants.acknowledge(backend.bootId, { epoch: 1, number, horizon: backend.horizon });
  }
}
/** Each runs to where it may; one that is silent waits there for good. */
const runOn = () => {
  for (const backend of backends) if (backend.answers) backend.tick = backend.horizon;
};
/** What became of a promise, after time has passed. */
async function resultAfter(durationMs: number, held: Promise<Held>): Promise<Held | 'pending'> {
  let result: Held | 'pending' = 'pending';
  void held.then((value) => {
    result = value;
  });
  await clock.advance(durationMs);
  return result;
}

beforeEach(() => {
  clock = new VirtualClock();
  record = startedRecord({ horizon: 100_000, topologyHorizon: 0 });
  grants = new Grants(startedRecord({ horizon: 0 }), grantsOptions());
  backends = [0, 1].map((index) => ({
    ...{ bootId: `boot-${index}`, tick: 0, answers: true, horizon: 0 },
  }));
  grants.follow(
    backends.map(({ bootId }) => bootId),
    record,
    true,
  );
  isRunning = true;
  achieved = 20;
  nudges = 0;
  standing = new Standing({
    ...{ clock, heartbeatIntervalMs: HEARTBEAT_MS, grants },
    isRunning: () => isRunning,
    nudge: () => {
      nudges++;
      beat();
    },
  });
  // At 20 ticks/s a grant reaches 50 ticks ahead.
  beat();
});

describe('holding', () => {
  test('asks all to run no further, and answers once they have said how far they run', async () => {
    backends[0]!.tick = 12;
    expect(await resultAfter(0, standing.hold(10))).toMatchObject({ granted: 12 });
    expect([clock.nowMs(), clock.pendingTimers]).toEqual([0, 0]);
  });

  test('waits for two heartbeats at most, and counts what a silent one was granted', async () => {
    backends[1]!.answers = false;
    const held = standing.hold(10);
    expect(await resultAfter(2 * HEARTBEAT_MS - 1, held)).toBe('pending');
    expect(await resultAfter(1, held)).toMatchObject({ granted: 50 });
  });

  test('asks nobody where nothing is granted beyond', async () => {
    expect(await resultAfter(0, standing.hold(50))).toMatchObject({ granted: 50 });
    expect(nudges).toBe(0);
  });

  test('asks nobody while no heartbeats are sent', async () => {
    isRunning = false;
    expect(await resultAfter(0, standing.hold(10))).toMatchObject({ granted: 50 });
    expect(nudges).toBe(0);
  });

  test('ends with its release: the world goes on at once', async () => {
    const { release } = await standing.hold(10);
    beat();
    expect(grants.granted).toBe(10);
    release();
    expect(grants.granted).toBe(50);
  });
});

describe('in a replay', () => {
  beforeEach(() => {
    achieved = 1_000;
    beat();
    runOn();
    for (const backend of backends) [backend.tick, backend.horizon] = [0, 0];
    grants.follow(
      backends.map(({ bootId }) => bootId),
      startedRecord({ horizon: 100_000, topologyHorizon: 2_010 }),
      false,
    );
    achieved = 20;
    beat();
  });

  test('holding lets it go on to what was granted before', async () => {
    const { granted } = await standing.hold(10);
    expect(granted).toBe(2_010);
    for (let i = 0; i < 100; i++) {
      beat();
      runOn();
    }
    expect(backends.map(({ tick }) => tick)).toEqual([2_010, 2_010]);
  });

  test('bringing to stand has it stand on its way', async () => {
    backends[0]!.tick = 12;
    const { granted, release } = await standing.standNear(12);
    expect(granted).toBe(12);
    for (let i = 0; i < 10; i++) {
      beat();
      runOn();
    }
    expect(backends.map(({ tick }) => tick)).toEqual([12, 12]);
    expect(grants.granted).toBe(2_010);
    release();
    expect(grants.running).toBe(62);
  });
});

describe('bringing to stand', () => {
  test('lets those that are behind come up to where the foremost stands, and none further', async () => {
    [backends[0]!.tick, backends[1]!.tick] = [12, 9];
    const { granted } = await standing.standNear(12);
    expect(granted).toBe(12);
    for (let i = 0; i < 10; i++) {
      beat();
      runOn();
    }
    expect(backends.map(({ tick }) => tick)).toEqual([12, 12]);
    expect(grants.granted).toBe(12);
  });

  test('stands where a silent backend may run to, and lets all run exactly there', async () => {
    achieved = 1_000;
    beat();
    backends[1]!.answers = false;
    const stood = standing.standNear(0);
    expect(await resultAfter(2 * HEARTBEAT_MS, stood)).toMatchObject({ granted: 2_010 });
    // It comes back. Meanwhile the others had to wait for it: the colony was slow.
    backends[1]!.answers = true;
    achieved = 20;
    for (let i = 0; i < 10; i++) {
      beat();
      runOn();
    }
    expect(backends.map(({ tick }) => tick)).toEqual([2_010, 2_010]);
  });

  test('stays where it is while something else holds the colony lower for a moment', async () => {
    const { granted } = await standing.standNear(12);
    const { granted: seen, release } = await standing.hold(5);
    release();
    beat();
    expect([granted, seen, grants.granted]).toEqual([12, 12, 12]);
  });

  test('stays where it is while something else is taken meanwhile', async () => {
    await standing.standNear(12);
    await grants.frozen(async () => beat());
    beat();
    expect(grants.granted).toBe(12);
  });

  test('goes no further than where a paused colony stands', async () => {
    record = startedRecord({ horizon: 100_000, topologyHorizon: 0, paused: true, runUntil: 30 });
    beat();
    backends[0]!.tick = 30;
    expect(await standing.standNear(30)).toMatchObject({ granted: 30 });
    beat();
    expect(grants.granted).toBe(30);
  });

  test('ends with its release: the world goes on at once', async () => {
    const { release } = await standing.standNear(12);
    release();
    expect(grants.granted).toBe(50);
  });
});
