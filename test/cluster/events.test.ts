import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { EVENT_STAGES, type StagePoint } from '../../services/coordinator/term/stages.ts';
import { injectedEventsOf } from '../../services/protocol/colony/colony-event.ts';
import { EVENT_KINDS } from '../../services/world/events/events.ts';
import { formatDigest } from '../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import type { Service } from './child.fixture.ts';
import { type Env, Processes, TINY_WORLD } from './processes.fixture.ts';

/** Events in real processes, some of which are killed meanwhile. */

const SPEC = { ...DEFAULT_WORLD_SPEC, ...TINY_WORLD };
const processes = new Processes();
beforeAll(() => processes.startStore());
afterEach(() => processes.clear());
afterAll(() => processes.close());

let leader: Service;
let standby: Service;
let backends: Service[];

async function startColony(name: string, env: Env = {}): Promise<void> {
  leader = await processes.coordinator(name, { minBackends: 2, ...env });
  await processes.leads(leader);
  standby = await processes.coordinator(name, { minBackends: 2 });
  backends = [await processes.backend(name), await processes.backend(name)];
  expect((await leader.start('key-1', 25)).status).toBe(200);
  await drives(leader);
}

const drives = (coordinator: Service) =>
  processes.until(`${coordinator.name} drives the colony`, async () => {
    return (await coordinator.api.colony()).phase === 'Ticking';
  });

/** All digests up to a tick are those of the log, replayed in this process. */
async function expectReplayed(at: Service, lastTick: number) {
  const digests = await processes.digestsTo(at, lastTick);
  const events = injectedEventsOf(await at.api.events());
  const world = new SingleWorld(SPEC, { events });
  const replayed: string[] = [];
  for (;;) {
    if (world.tick % 100 === 0) replayed.push(`${world.tick} ${formatDigest(world.digest())}`);
    if (world.tick === lastTick) break;
    world.step();
  }
  expect(digests).toEqual(replayed);
  return events;
}

test('events are those of one process, even if a backend is killed and the world replayed', async () => {
  await startColony('events');
  for (const kind of EVENT_KINDS) {
    const event = await standby.api.inject(`key-${kind}`, { kind });
    expect(await leader.api.inject(`key-${kind}`, { kind })).toEqual(event);
  }
  const lastTick = Math.max(...(await leader.api.events()).map(({ tick }) => tick));
  const digestTick = 100 * Math.ceil((lastTick + 1) / 100);
  await processes.digestsTo(leader, digestTick);
  await backends[0]?.kill();
  const { tick } = await leader.api.inject('while-replaying', { kind: 'extraFood', amount: 4 });
  const events = await expectReplayed(leader, Math.max(500, 100 * Math.ceil((tick + 1) / 100)));
  expect(events.map(({ event }) => event.kind)).toEqual([...EVENT_KINDS, 'extraFood']);
});

test.each(EVENT_STAGES.map((stage): StagePoint => `after:${stage}`))(
  'kill -9 of the leader %s: the repeated request throws the event once',
  async (point) => {
    await startColony(point.replace(':', '-'), { crashAtStage: point });
    const request = { kind: 'createCreature' } as const;
    const lost = leader.api.inject('once', request).catch(() => undefined);
    expect(await processes.endOf(leader)).toBe('SIGKILL');
    await processes.leads(standby);
    await drives(standby);
    const event = await standby.api.inject('once', request);
    // Clients that were answered before the crash were told the same.
    expect((await lost) ?? event).toEqual(event);
    const lastTick = 100 * Math.ceil((event.tick + 1) / 100);
    expect(await expectReplayed(standby, lastTick)).toHaveLength(1);
  },
);
