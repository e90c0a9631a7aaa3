import { afterEach, describe, expect, it } from 'vitest';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import {
  EVENTS_PER_TICK_MAX,
  PENDING_EVENTS_MAX,
} from '../../../services/protocol/record/colony-record.ts';
import { colonyStart, injectEvent } from '../../simulation/colony-requests.ts';
import { EventfulColony, injectedOf } from './eventful-colony.ts';

let colony: EventfulColony;
afterEach(() => colony.cluster.close());

describe('an injection', () => {
  it('that is repeated answers the same event, elsewhere and later too', async () => {
    colony = await EventfulColony.start();
    const first = await colony.inject(colony.standby, 'same', { kind: 'createCreature' });
    expect(first).toMatchObject({ status: 200, body: { sequence: 1, origin: 'injected' } });
    expect(await colony.inject(colony.leader, 'same', { kind: 'createCreature' })).toEqual(first);
    // More than the record remembers of anything.
    for (let i = 0; i < 70; i++)
      await colony.inject(colony.leader, `more-${i}`, { kind: 'extraFood' });
    colony.leader.kill();
    await colony.cluster.until(async () => {
      const { leader: leads } = await colony.cluster.store.read();
      return leads?.id === colony.standby.entry.bootId;
    }, 'the standby to lead');
    await colony.cluster.until(
      async () => (await colony.cluster.view(colony.standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect(await colony.inject(colony.standby, 'same', { kind: 'createCreature' })).toEqual(first);
    expect(injectedOf(await colony.listed(colony.standby, '?from=0&limit=1000'))).toHaveLength(71);
  });

  it('with the key of another one is refused', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'same', { kind: 'extinction' });
    expect(await colony.inject(colony.leader, 'same', { kind: 'newTopography' })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(injectedOf(await colony.listed(colony.leader))).toHaveLength(1);
  });

  it('of a tick that may be computed already is refused, naming the lowest possible one', async () => {
    colony = await EventfulColony.start();
    await colony.cluster.untilDigest(100);
    const late = await colony.inject(colony.leader, 'late', { kind: 'extinction', tick: 100 });
    expect(late).toMatchObject({ status: 409, body: { code: 'EVENT_TICK_PASSED' } });
    const lowestTick = Number(late.body['lowestTick']);
    expect(lowestTick).toBeGreaterThan(100);
    // The key of what was refused is free.
    const next = await colony.inject(colony.leader, 'late', {
      kind: 'extinction',
      tick: lowestTick + 50,
    });
    expect(next).toMatchObject({ status: 200, body: { tick: lowestTick + 50 } });
  });

  it('is taken for far ticks and for near ones in any order', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'far', { kind: 'extinction', tick: 9_000_000 });
    await colony.inject(colony.leader, 'mid', { kind: 'extraFood', tick: 250 });
    await colony.inject(colony.leader, 'near', { kind: 'newTopography' });
    const events = injectedOf(await colony.expectReplayed(colony.leader, 300));
    expect(events.map(({ tick }) => tick)).toEqual([9_000_000, 250, expect.any(Number)]);
  });

  it('of food reaches the cells of a spot on all backends, across the edges of the world', async () => {
    colony = await EventfulColony.start({ ticksPerExchange: 3 });
    const drop = { kind: 'foodDrop', x: 47, y: 0, radiusX: 20, radiusY: 9, amount: 800 };
    const answer = await colony.inject(colony.leader, 'food', { ...drop, tick: 150 });
    const injected = { ...drop, sequence: 1, tick: 150, origin: 'injected' };
    expect(answer).toEqual({ status: 200, body: injected });
    expect(injectedOf(await colony.expectReplayed(colony.leader, 300))).toEqual([injected]);
  });

  it('of a tick that is too far ahead is refused, naming the highest possible one', async () => {
    colony = await EventfulColony.start();
    const far = await colony.inject(colony.leader, 'far', {
      kind: 'extinction',
      tick: 4_000_000_000,
    });
    expect(far).toMatchObject({ status: 409, body: { code: 'EVENT_TICK_TOO_FAR' } });
    const tick = Number(far.body['highestTick']);
    expect(far.body['detail']).toContain(`the highest possible one is ${tick} now`);
    const highest = await colony.inject(colony.leader, 'far', { kind: 'extinction', tick });
    expect(highest).toMatchObject({ status: 200, body: { tick } });
  });

  it('is taken however many come at once, as far as the log keeps up', async () => {
    colony = await EventfulColony.start();
    const answers = await colony.cluster.during(
      Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          injectEvent(colony.leader, `e${i}`, { kind: 'extraFood' }),
        ),
      ),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const taken = injectedOf(await colony.listed(colony.leader, '?from=0&limit=1000'));
    expect(taken.map(({ sequence }) => sequence)).toEqual(answers.map((_, i) => i + 1));
  });

  it('is refused when too many others wait for their turn', async () => {
    colony = await EventfulColony.start();
    const answers = await colony.cluster.during(
      Promise.all(
        Array.from({ length: 80 }, (_, i) =>
          injectEvent(colony.leader, `e${i}`, { kind: 'extraFood' }),
        ),
      ),
    );
    const codes = answers.filter(({ status }) => status !== 200).map(({ body }) => body['code']);
    expect(new Set(codes)).toEqual(new Set(['EVENTS_PENDING']));
    const taken = injectedOf(await colony.listed(colony.leader, '?from=0&limit=1000'));
    expect(taken).toHaveLength(80 - codes.length);
    expect(taken.map(({ sequence }) => sequence)).toEqual(taken.map((_, i) => i + 1));
  });

  it('of a tick that has too many is refused, and one without a tick goes to the next', async () => {
    colony = await EventfulColony.start();
    const paused = await colony.cluster.during(
      colony.leader.request('/colony-pause', { method: 'POST' }),
    );
    const tick = ((await paused.json()) as { effectiveTick: number }).effectiveTick + 1;
    for (let i = 0; i < EVENTS_PER_TICK_MAX; i++) {
      const answer = await colony.inject(colony.leader, `e${i}`, { kind: 'extraFood' });
      expect(answer).toMatchObject({ status: 200, body: { tick } });
    }
    expect(await colony.inject(colony.leader, 'over', { kind: 'extraFood', tick })).toMatchObject({
      status: 409,
      body: { code: 'EVENT_TICK_FULL' },
    });
    const next = await colony.inject(colony.leader, 'next', { kind: 'extraFood' });
    expect(next).toMatchObject({ status: 200, body: { tick: tick + 1 } });
  });

  it.each([
    ['a centre outside the world', { kind: 'createCreature', x: 48 }],
    ['a kind that is not known', { kind: 'flood' }],
    ['a field that is not known', { kind: 'extinction', amount: 1 }],
    ['a change of nothing', { kind: 'extraFood', amount: 0 }],
    ['a radius out of bounds', { kind: 'createCreature', radiusX: 40 }],
    ['food outside the world', { kind: 'foodDrop', y: 32 }],
    ['more food than a cell ever holds', { kind: 'foodDrop', amount: 30_001 }],
    ['a rule that is not known', { kind: 'ruleChange', rule: 'gravity' }],
    ['a tick of more than 32 bits', { kind: 'extinction', tick: 2 ** 32 }],
  ])('with %s is refused', async (_what, request) => {
    colony = await EventfulColony.start();
    expect(await colony.inject(colony.leader, 'bad', request)).toMatchObject({
      status: 400,
      body: { code: 'BAD_REQUEST' },
    });
    expect(injectedOf(await colony.listed(colony.leader))).toEqual([]);
  });

  it('into a stopped colony is refused, and the next one begins without events', async () => {
    colony = await EventfulColony.start();
    await colony.inject(colony.leader, 'first', { kind: 'extinction' });
    const { colonyInstanceId } = await colony.cluster.store.read();
    const query = `?colony_instance_id=${colonyInstanceId}`;
    await colony.cluster.during(colony.leader.request(`/colony-stop${query}`, { method: 'POST' }));
    expect(await colony.inject(colony.leader, 'second', { kind: 'extinction' })).toMatchObject({
      status: 409,
      body: { code: 'COLONY_NOT_STARTED' },
    });
    expect(await colony.listed(colony.leader)).toEqual([]);
    await colony.cluster.during(colonyStart(colony.leader, 'key-2', { waitSeconds: 25 }));
    expect(injectedOf(await colony.listed(colony.leader))).toEqual([]);
    const again = await colony.inject(colony.leader, 'first', { kind: 'extinction' });
    expect(again).toMatchObject({ status: 200, body: { sequence: 1 } });
  });

  it('races with a stop: it is in the stopped colony or nowhere', async () => {
    colony = await EventfulColony.start();
    const { colonyInstanceId } = await colony.cluster.store.read();
    const query = `?colony_instance_id=${colonyInstanceId}`;
    const injections = Array.from({ length: 5 }, (_, i) =>
      injectEvent(colony.leader, `race-${i}`, { kind: 'extraFood' }),
    );
    const stop = colony.standby.request(`/colony-stop${query}`, { method: 'POST' });
    const answers = await colony.cluster.during(Promise.all(injections));
    expect((await colony.cluster.during(stop)).status).toBe(200);
    for (const { status, body } of answers) {
      if (status !== 200) expect(body['code']).toMatch(/^(COLONY_NOT_STARTED|NO_LEADER)$/);
    }
    const record = await colony.cluster.store.read();
    expect(record).toMatchObject({ eventSeq: 0, eventHead: 0, pendingEvents: [] });
  });

  it('is granted only once the event log has it; until then the world waits before it', async () => {
    colony = await EventfulColony.start();
    const append = colony.cluster.events.append.bind(colony.cluster.events);
    colony.cluster.events.append = () =>
      Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
    const { body } = await colony.inject(colony.leader, 'e0', { kind: 'extinction', draw: 1 });
    for (let i = 1; i < PENDING_EVENTS_MAX; i++) {
      await colony.inject(colony.leader, `e${i}`, { kind: 'extraFood', amount: 1 });
    }
    expect(await colony.inject(colony.leader, 'over', { kind: 'extraFood' })).toMatchObject({
      status: 503,
      body: { code: 'EVENTS_PENDING' },
    });
    await colony.cluster.clock.advance(60_000);
    expect(await colony.cluster.view(colony.leader)).toMatchObject({
      phase: 'Waiting',
      tick: body['tick'],
    });
    colony.cluster.events.append = append;
    expect(injectedOf(await colony.expectReplayed(colony.leader, 300))).toHaveLength(
      PENDING_EVENTS_MAX,
    );
  });
});
