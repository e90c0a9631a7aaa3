import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventControl } from '../../../../services/coordinator/control/event-control.ts';
import { EVENT_AHEAD_MAX_TICKS } from '../../../../services/coordinator/control/injection.ts';
import { EventKeeper } from '../../../../services/coordinator/events/event-keeper.ts';
import { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import type { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { EVENTS_MAX, TICK_MAX } from '../../../../services/protocol/common/limits.ts';
import {
  EVENTS_PER_TICK_MAX,
  INJECTIONS_PER_TICK_MAX,
  PENDING_EVENTS_MAX,
} from '../../../../services/protocol/record/colony-record.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { started } from '../../../support/colony-records.ts';
import { contextOf, grantsOptions, STORED, workOf } from '../fixtures.ts';
import { fakeTicker } from './fake-ticker.ts';

const PROGRESS = { maxTick: 0, isKnown: true, ticksPerSecond: 60, achievedTicksPerSecond: 60 };

describe('event control', () => {
  let clock: VirtualClock;
  let store: MemoryRecords;
  let events: MemoryEventLog;
  let context: CoordinatorContext;
  let term: LeaderTerm;
  let keeper: EventKeeper;
  let grants: Grants;
  let isDriving: boolean;
  let points: string[];
  let control: EventControl;

  const keeperOf = () => {
    const randomness = new SeededRandomness(1);
    const log = new MemoryLog();
    const parts = { store, events, context, clock, randomness, log, hook: () => {} };
    return new EventKeeper(parts, new ColonyScope(term, () => context.storedInfo()));
  };
  const inject = (key: string, tick?: number) =>
    control.inject({
      key,
      request: { kind: 'newTopography', ...(tick !== undefined && { tick }) },
    });
  const look = async () => context.initializeWithStoredInfo(await store.read());

  /** A started colony whose leader has reserved ticks up to 10. */
  beforeEach(async () => {
    clock = new VirtualClock();
    store = new MemoryRecords();
    events = new MemoryEventLog();
    await started(store);
    context = contextOf(await store.read());
    const scope = workOf(context, clock);
    term = scope.term;
    keeper = keeperOf();
    grants = new Grants(context.storedInfo(), grantsOptions());
    isDriving = true;
    points = [];
    control = new EventControl({
      store,
      context,
      driver: {
        get driving() {
          if (!isDriving) return undefined;
          return { grants, keeper, scope, stored: STORED, ticker: fakeTicker(grants, PROGRESS) };
        },
      },
      clock,
      randomness: new SeededRandomness(1),
      heartbeatIntervalMs: 250,
      hook: (point) => void points.push(point),
    });
  });
  afterEach(() => term.end());

  test('takes an event for the first tick above the horizon, by one write', async () => {
    const { revision } = await store.read();
    expect(await inject('A')).toEqual({
      sequence: 1,
      tick: 11,
      origin: 'injected',
      kind: 'newTopography',
    });
    expect(await store.read()).toMatchObject({ revision: revision + 1, eventSeq: 1 });
    expect(context.storedInfo()).toMatchObject({ eventSeq: 1 });
    expect(points).toEqual(['before:inject', 'after:inject']);
  });

  test('wakes the keeper, which copies the event to the log', async () => {
    void keeper.run();
    await inject('A');
    await clock.advance(0);
    expect(await events.list('instance-K1', { fromSequence: 1 })).toMatchObject([{ sequence: 1 }]);
  });

  test('answers a repeated key with its event, pending or logged, and writes nothing', async () => {
    const first = await inject('A', 50);
    const { revision } = await store.read();
    expect(await inject('A', 50)).toEqual(first);
    expect((await store.read()).revision).toBe(revision);
    await keeper.copy();
    expect(await inject('A', 50)).toEqual(first);
    expect(await store.read()).toMatchObject({ eventSeq: 1 });
  });

  test('refuses a key that comes with another body, and names its event', async () => {
    await inject('A', 50);
    await expect(inject('A', 51)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: 'the key was used for another event, newTopography at tick 50',
    });
  });

  test('refuses a tick that may have been computed', async () => {
    await expect(inject('A', 10)).rejects.toMatchObject({
      code: 'EVENT_TICK_PASSED',
      message: 'tick 10 may have been computed; the lowest possible one is 11 now',
      extra: { lowestTick: 11 },
    });
  });

  test('takes a tick so far ahead, and none beyond', async () => {
    const highestTick = 11 + EVENT_AHEAD_MAX_TICKS;
    await expect(inject('A', highestTick + 1)).rejects.toMatchObject({
      code: 'EVENT_TICK_TOO_FAR',
      message: `tick ${highestTick + 1} is too far ahead; the highest possible one is ${highestTick} now`,
      extra: { highestTick },
    });
    expect(await inject('A', highestTick)).toMatchObject({ tick: highestTick });
  });

  test('takes the last tick there is once that is near enough', async () => {
    await store.beat((await store.read()).leader!, { generation: 1, horizon: TICK_MAX - 1 });
    await look();
    grants = new Grants(context.storedInfo(), grantsOptions());
    expect(await inject('A', TICK_MAX)).toMatchObject({ tick: TICK_MAX });
  });

  test('lowers a far horizon to what is granted, for an event that comes as soon as it can', async () => {
    await store.beat((await store.read()).leader!, { generation: 1, horizon: 700 });
    await look();
    expect(await inject('A')).toMatchObject({ tick: 11 });
    expect(await store.read()).toMatchObject({ horizon: 10 });
  });

  test('lowers the horizon no further than an event needs, and not at all for one above it', async () => {
    await store.beat((await store.read()).leader!, { generation: 1, horizon: 700 });
    await look();
    expect(await inject('A', 701)).toMatchObject({ tick: 701 });
    expect(await store.read()).toMatchObject({ horizon: 700 });
    expect(await inject('B', 300)).toMatchObject({ tick: 300 });
    expect(await store.read()).toMatchObject({ horizon: 299 });
  });

  test('grants nothing more while it is unknown whether the horizon was lowered', async () => {
    await store.beat((await store.read()).leader!, { generation: 1, horizon: 700 });
    await look();
    const { inject: write, setRun } = store;
    store.setRun = () => Promise.reject(new Error('the store is away'));
    store.inject = async (...args) => {
      await write.apply(store, args);
      throw new Error('the answer is lost');
    };
    await expect(inject('A')).rejects.toThrow('the answer is lost');
    await clock.advance(5_000);
    const next = () => grants.next(context.storedInfo(), { ...PROGRESS, maxTick: 100 });
    expect(next()).toBe(10);
    store.setRun = setRun;
    await clock.advance(1_000);
    expect(context.storedInfo()).toMatchObject({ horizon: 10, eventSeq: 1 });
    expect(next()).toBe(10);
  });

  test('refuses what lies outside of the world', async () => {
    const request = { kind: 'createCreature', x: STORED.spec.width } as const;
    await expect(control.inject({ key: 'A', request })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('is not a cell of a world of 64 x 32'),
    });
  });

  test('fills a tick, then takes the next, and refuses one that is asked for by name', async () => {
    for (let i = 0; i < EVENTS_PER_TICK_MAX; i++) {
      expect(await inject(`key ${i}`)).toMatchObject({ tick: 11 });
      // Some of them pending, the others logged.
      if (i % 3 === 0) await keeper.copy();
    }
    expect(await inject('one more')).toMatchObject({ tick: 12 });
    await expect(inject('and another', 11)).rejects.toMatchObject({
      code: 'EVENT_TICK_FULL',
      message: `tick 11 has ${EVENTS_PER_TICK_MAX} injected events`,
    });
  });

  test('takes no more for a tick, however many are cancelled, than its entries may be', async () => {
    for (let i = 0; i < INJECTIONS_PER_TICK_MAX; i++) {
      const { sequence } = await inject(`key ${i}`);
      expect(await control.cancel(sequence!)).toMatchObject({ tick: 11, cancelled: true });
    }
    expect(await inject('one more')).toMatchObject({ tick: 12 });
    await expect(inject('and another', 11)).rejects.toMatchObject({
      code: 'EVENT_TICK_FULL',
      message: `tick 11 has had ${INJECTIONS_PER_TICK_MAX} injected events, cancelled ones included`,
    });
  });

  test('makes room in the record by copying what is pending, once', async () => {
    for (let i = 0; i < PENDING_EVENTS_MAX; i++) await inject(`key ${i}`, 100 + i);
    expect(await inject('one more', 99)).toMatchObject({ sequence: PENDING_EVENTS_MAX + 1 });
    expect(await store.read()).toMatchObject({ eventHead: PENDING_EVENTS_MAX });
  });

  test('refuses more while what is pending cannot be copied', async () => {
    for (let i = 0; i < PENDING_EVENTS_MAX; i++) await inject(`key ${i}`, 100 + i);
    events.append = () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
    await expect(inject('one more', 99)).rejects.toMatchObject({
      code: 'EVENTS_PENDING',
      message: `${PENDING_EVENTS_MAX} events are not in the event log yet`,
    });
  });

  test('refuses more than a colony instance takes', async () => {
    const full = { ...context.storedInfo(), revision: 99, eventSeq: EVENTS_MAX };
    context.initializeWithStoredInfo(full);
    await expect(inject('A')).rejects.toMatchObject({
      code: 'EVENT_LOG_FULL',
      message: `the colony has had ${EVENTS_MAX} injected events`,
    });
  });

  test('tries again when a beat has raised the horizon meanwhile', async () => {
    const { leader } = await store.read();
    await store.beat(leader!, { generation: 1, horizon: 700 });
    expect(await inject('A')).toMatchObject({ tick: 11 });
    expect(await store.read()).toMatchObject({ horizon: 10 });
  });

  test('gives up when the horizon is raised under every attempt', async () => {
    const { inject: write } = store;
    let attempts = 0;
    store.inject = async (...args) => {
      attempts++;
      const { leader, horizon } = await store.read();
      await store.beat(leader!, { generation: 1, horizon: horizon + 100 });
      return write.apply(store, args);
    };
    await expect(inject('A')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the record kept changing under the event',
    });
    expect(attempts).toBe(5);
  });

  test('does not answer before the leader has read the event log', async () => {
    await inject('A');
    await keeper.copy();
    await look();
    keeper = keeperOf();
    await expect(inject('A')).rejects.toMatchObject({
      code: 'NO_LEADER',
      message: 'the leader has not read the event log yet',
    });
  });

  test('refuses an injection whose colony was loaded again while it waited', async () => {
    const later = keeper.turns.run(async () => {
      keeper = keeperOf();
    });
    await expect(inject('A')).rejects.toMatchObject({
      code: 'NO_LEADER',
      message: 'the leader has reloaded the colony meanwhile',
    });
    await later;
  });

  test('lets 64 requests wait, and no more', async () => {
    const injections = Array.from({ length: 64 }, (_, i) => inject(`key ${i}`, 1_000 + i));
    await expect(inject('one more')).rejects.toMatchObject({
      code: 'EVENTS_PENDING',
      message: '64 other requests wait to inject',
    });
    expect(await Promise.all(injections)).toHaveLength(64);
  });

  test('is for a colony that is driven', async () => {
    isDriving = false;
    await expect(inject('A')).rejects.toMatchObject({ code: 'NO_LEADER' });
  });
});
