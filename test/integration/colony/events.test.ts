import { afterEach, describe, expect, it } from 'vitest';
import { EVENT_STAGES, type StagePoint } from '../../../services/coordinator/term/stages.ts';
import {
  type ColonyEvent,
  injectedEventsOf,
} from '../../../services/protocol/colony/colony-event.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import {
  EVENTS_PER_TICK_MAX,
  PENDING_EVENTS_MAX,
} from '../../../services/protocol/record/colony-record.ts';
import { EVENT_KINDS } from '../../../services/world/events/events.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
  colonyStart,
  injectEvent,
  SMALL_WORLD,
} from '../../simulation/colony-cluster.ts';

/** Its first random event is a new species at tick 491. */
const WORLD = { ...SMALL_WORLD, width: 48, height: 32, randomEvents: true };

let cluster: ColonyCluster;
let leader: CoordinatorMember;
let standby: CoordinatorMember;
let backends: BackendMember[];

afterEach(() => cluster.close());

/** A started colony at a pace at which the horizon is about 100 ticks ahead. */
async function startColony({ ticksPerExchange = 1, dieAt }: StartOptions = {}): Promise<void> {
  cluster = new ColonyCluster({ defaultSpec: WORLD, ticksPerSecond: 20, ticksPerExchange });
  leader = await cluster.addCoordinator({
    hook: (reached) => {
      if (reached !== dieAt) return undefined;
      leader.kill();
      return new Promise(() => {});
    },
  });
  await cluster.clock.advance(500);
  standby = await cluster.addCoordinator();
  backends = [await cluster.addBackend(), await cluster.addBackend(), await cluster.addBackend()];
  await cluster.clock.advance(1_000);
  const started = await cluster.during(colonyStart(standby, 'key-1', { waitSeconds: 25 }));
  expect(started.status).toBe(200);
}
interface StartOptions {
  ticksPerExchange?: number;
  dieAt?: StagePoint;
}

const inject = (member: CoordinatorMember, key: string, request: object) =>
  cluster.during(injectEvent(member, key, request));

async function listed(member: CoordinatorMember, query = '?from=0'): Promise<ColonyEvent[]> {
  const answer = await cluster.during(member.request(`/colony-events${query}`));
  expect(answer.status).toBe(200);
  return (await answer.json()) as ColonyEvent[];
}

/** The stored digests are those of one process that replays the log as it is listed. */
async function expectReplayed(member: CoordinatorMember, lastTick: number): Promise<ColonyEvent[]> {
  const digests = await cluster.untilDigest(lastTick);
  const events = await listed(member);
  const world = new SingleWorld(WORLD, { events: injectedEventsOf(events) });
  for (const { tick, digest } of digests) {
    while (world.tick < tick) world.step();
    expect({ tick, digest: formatDigest(world.digest()) }).toEqual({ tick, digest });
  }
  return events;
}

const injectedOf = (events: ColonyEvent[]) =>
  events.filter(({ origin }) => origin === 'injected').sort((a, b) => bySequence(a, b));
const bySequence = (a: ColonyEvent, b: ColonyEvent) => (a.sequence ?? 0) - (b.sequence ?? 0);

describe('a colony with events', () => {
  it.each([1, 3])('computes with k = %i what one process computes', async (ticksPerExchange) => {
    await startColony({ ticksPerExchange });
    for (const [i, kind] of EVENT_KINDS.entries()) {
      const answer = await inject(i % 2 === 0 ? leader : standby, `event-${kind}`, { kind });
      expect(answer).toMatchObject({ status: 200, body: { kind, sequence: i + 1 } });
    }
    const events = await expectReplayed(leader, 500);
    expect(injectedOf(events).map(({ kind }) => kind)).toEqual(EVENT_KINDS);
    expect(events.find(({ origin }) => origin === 'random')).toMatchObject({
      kind: 'createCreature',
      tick: 491,
    });
  });

  it('meets them again when a backend is lost and the world is replayed', async () => {
    await startColony();
    await inject(leader, 'wipe', { kind: 'extinction', draw: 1 });
    await inject(leader, 'fill', { kind: 'createCreature', tick: 260 });
    await cluster.untilDigest(300);
    backends[0]?.kill();
    await cluster.until(
      async () => (await cluster.store.read()).topologyVersion === 2,
      'the next topology',
    );
    await inject(leader, 'food', { kind: 'extraFood', amount: 4 });
    await cluster.addBackend();
    await expectReplayed(leader, 500);
  });

  it('meets them again when every process was lost', async () => {
    await startColony();
    await inject(leader, 'land', { kind: 'newTopography' });
    await inject(leader, 'rule', { kind: 'ruleChange', rule: 'killChance', percent: 20 });
    await cluster.untilDigest(200);
    for (const process of [leader, standby, ...backends]) process.kill();
    await cluster.clock.advance(20_000);
    const next = await cluster.addCoordinator();
    await cluster.addBackend();
    const events = await expectReplayed(next, 400);
    expect(injectedOf(events).map(({ kind }) => kind)).toEqual(['newTopography', 'ruleChange']);
  });

  it('lists them by pages of whole ticks, and the newest without a tick', async () => {
    await startColony();
    for (let i = 0; i < 7; i++) {
      await inject(leader, `e${i}`, { kind: 'extraFood', tick: 300 + Math.floor(i / 2) });
    }
    const all = await listed(leader);
    expect(injectedOf(all).map(({ tick }) => tick)).toEqual([300, 300, 301, 301, 302, 302, 303]);
    const pages: ColonyEvent[][] = [];
    for (let from = 0; ; from = (pages.at(-1)?.at(-1)?.tick ?? 0) + 1) {
      const page = await listed(standby, `?from=${from}&limit=3`);
      if (page.length === 0) break;
      pages.push(page);
    }
    expect(pages.flat()).toEqual(all);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 3]);
    expect(await listed(leader, '?limit=2')).toEqual(all.slice(0, 2));
    expect(await listed(leader, '?from=302&limit=1')).toEqual(all.slice(4, 6));
  });
});

describe('an injection', () => {
  it('that is repeated answers the same event, elsewhere and later too', async () => {
    await startColony();
    const first = await inject(standby, 'same', { kind: 'createCreature' });
    expect(first).toMatchObject({ status: 200, body: { sequence: 1, origin: 'injected' } });
    expect(await inject(leader, 'same', { kind: 'createCreature' })).toEqual(first);
    // More than the record remembers of anything.
    for (let i = 0; i < 70; i++) await inject(leader, `more-${i}`, { kind: 'extraFood' });
    leader.kill();
    await cluster.until(async () => {
      const { leader: leads } = await cluster.store.read();
      return leads?.id === standby.entry.bootId;
    }, 'the standby to lead');
    await cluster.until(
      async () => (await cluster.view(standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect(await inject(standby, 'same', { kind: 'createCreature' })).toEqual(first);
    expect(injectedOf(await listed(standby, '?from=0&limit=1000'))).toHaveLength(71);
  });

  it('with the key of another one is refused', async () => {
    await startColony();
    await inject(leader, 'same', { kind: 'extinction' });
    expect(await inject(leader, 'same', { kind: 'newTopography' })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(injectedOf(await listed(leader))).toHaveLength(1);
  });

  it('of a tick that may be computed already is refused, naming the lowest possible one', async () => {
    await startColony();
    await cluster.untilDigest(100);
    const late = await inject(leader, 'late', { kind: 'extinction', tick: 100 });
    expect(late).toMatchObject({ status: 409, body: { code: 'EVENT_TICK_PASSED' } });
    const lowestTick = Number(late.body['lowestTick']);
    expect(lowestTick).toBeGreaterThan(100);
    // The key of what was refused is free.
    const next = await inject(leader, 'late', { kind: 'extinction', tick: lowestTick + 50 });
    expect(next).toMatchObject({ status: 200, body: { tick: lowestTick + 50 } });
  });

  it('is taken for far ticks and for near ones in any order', async () => {
    await startColony();
    await inject(leader, 'far', { kind: 'extinction', tick: 9_000_000 });
    await inject(leader, 'mid', { kind: 'extraFood', tick: 250 });
    await inject(leader, 'near', { kind: 'newTopography' });
    const events = injectedOf(await expectReplayed(leader, 300));
    expect(events.map(({ tick }) => tick)).toEqual([9_000_000, 250, expect.any(Number)]);
  });

  it('of a tick that is too far ahead is refused, naming the highest possible one', async () => {
    await startColony();
    const far = await inject(leader, 'far', { kind: 'extinction', tick: 4_000_000_000 });
    expect(far).toMatchObject({ status: 409, body: { code: 'EVENT_TICK_TOO_FAR' } });
    const tick = Number(far.body['highestTick']);
    expect(far.body['detail']).toContain(`the highest possible one is ${tick} now`);
    const highest = await inject(leader, 'far', { kind: 'extinction', tick });
    expect(highest).toMatchObject({ status: 200, body: { tick } });
  });

  it('is taken however many come at once, as far as the log keeps up', async () => {
    await startColony();
    const answers = await cluster.during(
      Promise.all(
        Array.from({ length: 40 }, (_, i) => injectEvent(leader, `e${i}`, { kind: 'extraFood' })),
      ),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const taken = injectedOf(await listed(leader, '?from=0&limit=1000'));
    expect(taken.map(({ sequence }) => sequence)).toEqual(answers.map((_, i) => i + 1));
  });

  it('is refused when too many others wait for their turn', async () => {
    await startColony();
    const answers = await cluster.during(
      Promise.all(
        Array.from({ length: 80 }, (_, i) => injectEvent(leader, `e${i}`, { kind: 'extraFood' })),
      ),
    );
    const codes = answers.filter(({ status }) => status !== 200).map(({ body }) => body['code']);
    expect(new Set(codes)).toEqual(new Set(['EVENTS_PENDING']));
    const taken = injectedOf(await listed(leader, '?from=0&limit=1000'));
    expect(taken).toHaveLength(80 - codes.length);
    expect(taken.map(({ sequence }) => sequence)).toEqual(taken.map((_, i) => i + 1));
  });

  it('of a tick that has too many is refused, and one without a tick goes to the next', async () => {
    await startColony();
    const paused = await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
    const tick = ((await paused.json()) as { effectiveTick: number }).effectiveTick + 1;
    for (let i = 0; i < EVENTS_PER_TICK_MAX; i++) {
      const answer = await inject(leader, `e${i}`, { kind: 'extraFood' });
      expect(answer).toMatchObject({ status: 200, body: { tick } });
    }
    expect(await inject(leader, 'over', { kind: 'extraFood', tick })).toMatchObject({
      status: 409,
      body: { code: 'EVENT_TICK_FULL' },
    });
    const next = await inject(leader, 'next', { kind: 'extraFood' });
    expect(next).toMatchObject({ status: 200, body: { tick: tick + 1 } });
  });

  it.each([
    ['a centre outside the world', { kind: 'createCreature', x: 48 }],
    ['a kind that is not known', { kind: 'flood' }],
    ['a field that is not known', { kind: 'extinction', amount: 1 }],
    ['a change of nothing', { kind: 'extraFood', amount: 0 }],
    ['a radius out of bounds', { kind: 'createCreature', radiusX: 40 }],
    ['a rule that is not known', { kind: 'ruleChange', rule: 'gravity' }],
    ['a tick of more than 32 bits', { kind: 'extinction', tick: 2 ** 32 }],
  ])('with %s is refused', async (_what, request) => {
    await startColony();
    expect(await inject(leader, 'bad', request)).toMatchObject({
      status: 400,
      body: { code: 'BAD_REQUEST' },
    });
    expect(injectedOf(await listed(leader))).toEqual([]);
  });

  it('into a stopped colony is refused, and the next one begins without events', async () => {
    await startColony();
    await inject(leader, 'first', { kind: 'extinction' });
    const { colonyInstanceId } = await cluster.store.read();
    const query = `?colony_instance_id=${colonyInstanceId}`;
    await cluster.during(leader.request(`/colony-stop${query}`, { method: 'POST' }));
    expect(await inject(leader, 'second', { kind: 'extinction' })).toMatchObject({
      status: 409,
      body: { code: 'COLONY_NOT_STARTED' },
    });
    expect(await listed(leader)).toEqual([]);
    await cluster.during(colonyStart(leader, 'key-2', { waitSeconds: 25 }));
    expect(injectedOf(await listed(leader))).toEqual([]);
    const again = await inject(leader, 'first', { kind: 'extinction' });
    expect(again).toMatchObject({ status: 200, body: { sequence: 1 } });
  });

  it('races with a stop: it is in the stopped colony or nowhere', async () => {
    await startColony();
    const { colonyInstanceId } = await cluster.store.read();
    const query = `?colony_instance_id=${colonyInstanceId}`;
    const injections = Array.from({ length: 5 }, (_, i) =>
      injectEvent(leader, `race-${i}`, { kind: 'extraFood' }),
    );
    const stop = standby.request(`/colony-stop${query}`, { method: 'POST' });
    const answers = await cluster.during(Promise.all(injections));
    expect((await cluster.during(stop)).status).toBe(200);
    for (const { status, body } of answers) {
      if (status !== 200) expect(body['code']).toMatch(/^(COLONY_NOT_STARTED|NO_LEADER)$/);
    }
    const record = await cluster.store.read();
    expect(record).toMatchObject({ eventSeq: 0, eventHead: 0, pendingEvents: [] });
  });

  it('is granted only once the event log has it; until then the world waits before it', async () => {
    await startColony();
    const append = cluster.events.append.bind(cluster.events);
    cluster.events.append = () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
    const { body } = await inject(leader, 'e0', { kind: 'extinction', draw: 1 });
    for (let i = 1; i < PENDING_EVENTS_MAX; i++) {
      await inject(leader, `e${i}`, { kind: 'extraFood', amount: 1 });
    }
    expect(await inject(leader, 'over', { kind: 'extraFood' })).toMatchObject({
      status: 503,
      body: { code: 'EVENTS_PENDING' },
    });
    await cluster.clock.advance(60_000);
    expect(await cluster.view(leader)).toMatchObject({ phase: 'Waiting', tick: body['tick'] });
    cluster.events.append = append;
    expect(injectedOf(await expectReplayed(leader, 300))).toHaveLength(PENDING_EVENTS_MAX);
  });
});

describe('an event that is cancelled', () => {
  const cancel = async (member: CoordinatorMember, sequence: number) => {
    const init = { method: 'DELETE' };
    const answer = await cluster.during(member.request(`/colony-events/${sequence}`, init));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('does not happen, stays listed, and every replay leaves it out', async () => {
    await startColony({ ticksPerExchange: 3 });
    await inject(leader, 'wipe', { kind: 'extinction', draw: 1, tick: 250 });
    await inject(leader, 'food', { kind: 'extraFood', amount: 4, tick: 250 });
    const cancelled = await cancel(standby, 1);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { sequence: 1, tick: 250, kind: 'extinction', cancelled: true },
    });
    const events = await expectReplayed(leader, 300);
    expect(injectedOf(events)).toMatchObject([
      { sequence: 1, cancelled: true },
      { sequence: 2, kind: 'extraFood' },
    ]);
    expect(injectedOf(events)[1]).not.toHaveProperty('cancelled');
    expect(await listed(standby)).toEqual(events);
  });

  it('answers the same again, elsewhere and after a change of the leader, also to its own key', async () => {
    await startColony();
    await inject(leader, 'far', { kind: 'extinction', draw: 1, tick: 5_000 });
    const first = await cancel(leader, 1);
    expect(await cancel(standby, 1)).toEqual(first);
    leader.kill();
    await cluster.until(async () => {
      const { leader: leads } = await cluster.store.read();
      return leads?.id === standby.entry.bootId;
    }, 'the standby to lead');
    await cluster.until(
      async () => (await cluster.view(standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect(await cancel(standby, 1)).toEqual(first);
    expect(await inject(standby, 'far', { kind: 'extinction', draw: 1, tick: 5_000 })).toEqual(
      first,
    );
    expect(await cluster.store.read()).toMatchObject({ eventSeq: 2 });
  });

  it('is cancelled as long as no backend may run to its tick, though the horizon is beyond', async () => {
    await startColony();
    await cluster.untilDigest(100);
    const paused = await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
    const { effectiveTick } = (await paused.json()) as { effectiveTick: number };
    await inject(leader, 'next', { kind: 'extinction' });
    await cluster.during(
      leader.request('/colony-step?ticks=1&idempotency_key=s', { method: 'POST' }),
    );
    await cluster.clock.advance(1_000);
    expect(await cancel(leader, 1)).toMatchObject({
      status: 409,
      body: { code: 'EVENT_HAPPENED' },
    });
    await inject(leader, 'after', { kind: 'extinction' });
    expect(await cancel(leader, 2)).toMatchObject({
      status: 200,
      body: { tick: effectiveTick + 2, cancelled: true },
    });
  });

  it('must be there: random events and cancellations have no sequence of their own', async () => {
    await startColony();
    await inject(leader, 'far', { kind: 'extinction', tick: 5_000 });
    await cancel(leader, 1);
    for (const sequence of [2, 3]) {
      expect(await cancel(leader, sequence)).toMatchObject({
        status: 404,
        body: { code: 'EVENT_NOT_FOUND' },
      });
    }
  });

  it('leaves its place at its tick to another', async () => {
    await startColony();
    for (let i = 0; i < EVENTS_PER_TICK_MAX; i++) {
      await inject(leader, `e${i}`, { kind: 'extraFood', tick: 5_000 });
    }
    const over = () => inject(leader, 'over', { kind: 'extraFood', tick: 5_000 });
    expect((await over()).status).toBe(409);
    await cancel(leader, 7);
    expect((await over()).status).toBe(200);
  });

  it('waits for its cancellation to be in the log before its tick', async () => {
    await startColony();
    await inject(leader, 'wipe', { kind: 'extinction', draw: 1, tick: 150 });
    await cluster.clock.advance(1_000);
    const append = cluster.events.append.bind(cluster.events);
    cluster.events.append = () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
    expect((await cancel(leader, 1)).status).toBe(200);
    await cluster.clock.advance(60_000);
    expect(await cluster.view(leader)).toMatchObject({ phase: 'Waiting', tick: 150 });
    cluster.events.append = append;
    await expectReplayed(leader, 300);
  });
});

describe('the rules in force', () => {
  const change = (percent: number, tick: number) => ({
    ...{ kind: 'ruleChange', rule: 'killChance', percent, tick },
  });

  it('are those of the spec, as the events that happened have changed them', async () => {
    await startColony();
    await inject(leader, 'more', change(20, 150));
    await inject(leader, 'again', change(20, 200));
    await inject(leader, 'void', change(20, 200));
    await cluster.during(leader.request('/colony-events/3', { method: 'DELETE' }));
    const rulesAt = async (tick: number) => {
      await cluster.until(
        async () => ((await cluster.view(leader)).tick ?? 0) > tick,
        `tick ${tick}`,
      );
      return (await cluster.view(standby)).rules?.killChance;
    };
    expect((await cluster.view(leader)).rules).toEqual(WORLD.rules);
    expect(await rulesAt(150)).toBe(3);
    expect(await rulesAt(200)).toBe(4);
    expect((await cluster.view(leader)).spec?.rules.killChance).toBe(2);
  });

  it('are told with each event that changes them: before and after, those cancelled left out', async () => {
    await startColony();
    await inject(leader, 'more', change(20, 300));
    await inject(leader, 'void', change(-20, 301));
    await inject(leader, 'again', change(20, 302));
    await cluster.during(leader.request('/colony-events/2', { method: 'DELETE' }));
    const events = injectedOf(await listed(leader));
    expect(events.map(({ before, after }) => [before, after])).toEqual([
      [2, 3],
      [undefined, undefined],
      [3, 4],
    ]);
    expect(injectedOf(await listed(leader, '?from=302'))).toMatchObject([{ before: 3, after: 4 }]);
  });

  it('are known again at once by the next leader', async () => {
    await startColony();
    await inject(leader, 'more', change(20, 30));
    await cluster.untilDigest(100);
    leader.kill();
    await cluster.until(
      async () => (await cluster.view(standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect((await cluster.view(standby)).rules?.killChance).toBe(3);
  });
});

describe('kill -9 of the leader while it takes an event', () => {
  const points = EVENT_STAGES.flatMap((stage) => [
    `before:${stage}` as const,
    `after:${stage}` as const,
  ]);

  it.each(points)('%s: a repeated request finds it or makes it, once', async (dieAt) => {
    await startColony({ dieAt });
    const request = { kind: 'extinction', draw: 1 };
    void injectEvent(leader, 'once', request).catch(() => {});
    await cluster.until(async () => {
      const { leader: leads } = await cluster.store.read();
      return leads?.id === standby.entry.bootId;
    }, 'the standby to lead');
    await cluster.until(
      async () => (await cluster.view(standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect(await inject(standby, 'once', request)).toMatchObject({
      status: 200,
      body: { sequence: 1, kind: 'extinction' },
    });
    const events = injectedOf(await expectReplayed(standby, 400));
    expect(events).toHaveLength(1);
    expect(await cluster.store.read()).toMatchObject({ eventSeq: 1, eventHead: 1 });
  });
});
