import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_WORLD_SPEC } from '../../services/world/spec/spec.ts';
import { expectedDigest } from '../simulation/small-world.ts';
import type { Child, Service } from './child.fixture.ts';
import { type Env, Processes, TINY_WORLD } from './processes.fixture.ts';

/** Real processes that are stopped (SIGSTOP) or killed (SIGKILL) while the colony ticks. */

const SPEC = { ...DEFAULT_WORLD_SPEC, ...TINY_WORLD };
const processes = new Processes();
let store: Child;
beforeAll(async () => {
  store = await processes.startStore();
});
afterEach(() => processes.clear());
afterAll(() => processes.close());

let colonies = 0;
let name: string;
let leader: Service;
let standby: Service;
let backends: Service[];
beforeEach(() => {
  name = `faults-${++colonies}`;
});

/** Two coordinators, two backends, and the colony at tick 100. */
async function startColony(env: Env = {}): Promise<void> {
  const settings = { leaseMs: 2_000, beatIntervalMs: 200, minBackends: 2, ...env };
  leader = await processes.coordinator(name, settings);
  await processes.leads(leader);
  standby = await processes.coordinator(name, settings);
  backends = [await processes.backend(name), await processes.backend(name)];
  expect((await leader.start('key-1', 25)).status).toBe(200);
  await processes.digestsTo(leader, 100);
}

const newestTick = async (at: Service) => (await at.api.digests()).at(-1)?.tick ?? 0;

/** Two more digests than there are now; all of them those of the world in one process. */
async function expectItGoesOn(at: Service): Promise<void> {
  const lastTick = (await newestTick(at)) + 200;
  const expected = [];
  for (let tick = 0; tick <= lastTick; tick += 100) {
    expected.push(`${tick} ${expectedDigest(tick, SPEC)}`);
  }
  expect(await processes.digestsTo(at, lastTick)).toEqual(expected);
}

const topologyVersion = async (at: Service) => (await at.api.colony()).topologyVersion;

describe('a backend', () => {
  test('that is stopped for 2 s costs nothing but waiting', async () => {
    await startColony();
    backends[0]?.signal('SIGSTOP');
    await sleep(2_000);
    const waiting = await newestTick(leader);
    await sleep(500);
    expect(await newestTick(leader)).toBe(waiting);
    backends[0]?.signal('SIGCONT');
    await expectItGoesOn(leader);
    expect(await topologyVersion(leader)).toBe(1);
  });

  test('that is stopped for longer is replaced, and does no harm when it wakes up', async () => {
    const ticksPerExchange = 2;
    await startColony({ suspectMs: 1_000, ticksPerExchange });
    const [stopped, other] = backends as [Service, Service];
    stopped.signal('SIGSTOP');
    await processes.until('it is replaced', async () => (await topologyVersion(leader)) === 2);
    await processes.until('the others tick', async () => {
      const { phase, tick, backends: shown } = await leader.api.colony();
      return phase === 'Ticking' && (tick ?? 0) > 0 && shown.length === 1;
    });
    stopped.signal('SIGCONT');
    const { tick: wokeAt } = (await stopped.health()) as { tick: number };
    await expectItGoesOn(leader);
    // Its neighbour refuses what it sends and sends it nothing: it has the halos of two exchanges at most.
    const { tick: standsAt } = (await stopped.health()) as { tick: number };
    expect(standsAt).toBeLessThanOrEqual(wokeAt + 2 * ticksPerExchange);
    expect(await topologyVersion(leader)).toBe(2);

    // It is as good as a new one.
    await other.kill();
    await processes.until('it serves again', async () => (await topologyVersion(leader)) === 3);
    await expectItGoesOn(leader);
  });

  test('that is killed is replaced by one that comes', async () => {
    await startColony({ replacementWaitMs: 10_000 });
    await backends[0]?.kill();
    const replacement = await processes.backend(name);
    await processes.until('it is replaced', async () => (await topologyVersion(leader)) === 2);
    await expectItGoesOn(leader);
    const { backends: shown } = await leader.api.colony();
    expect(shown.map(({ pid }) => pid).sort()).toEqual([replacement.pid, backends[1]?.pid].sort());
  });
});

describe('the store', () => {
  test('that is killed and comes back is waited for, without a rollback', async () => {
    await startColony({ leaseMs: 20_000 });
    const { leader: before } = await leader.api.colony();
    await store.kill();
    await sleep(1_000);
    store = await processes.startStore();
    await expectItGoesOn(leader);
    const view = await leader.api.colony();
    expect(view).toMatchObject({ topologyVersion: 1, leader: { epoch: before?.epoch } });
  });

  test('that is away for longer than the lease ends the lead, and nothing else', async () => {
    await startColony({ leaseMs: 600 });
    const { leader: before, colonyInstanceId } = await leader.api.colony();
    await store.kill();
    // Not by a refused write: a store that is away refuses those within the lease too.
    await processes.until(
      'no coordinator leads',
      async () => (await leader.health())['leads'] === false,
    );
    store = await processes.startStore();
    await processes.until('somebody leads again', async () => {
      const { leader: after } = await standby.api.colony();
      return (after?.epoch ?? 0) > (before?.epoch ?? 0);
    });
    await expectItGoesOn(standby);
    const view = await standby.api.colony();
    expect(view).toMatchObject({ topologyVersion: 1, colonyInstanceId });
  });
});

describe('a coordinator', () => {
  test('that stands by and is killed is not missed', async () => {
    await startColony();
    const { leader: before } = await leader.api.colony();
    await standby.kill();
    await expectItGoesOn(leader);
    const view = await leader.api.colony();
    expect(view).toMatchObject({ topologyVersion: 1, leader: { epoch: before?.epoch } });
  });

  test('that leads and is killed is followed by the standby, without a rollback', async () => {
    await startColony();
    await leader.kill();
    await processes.leads(standby);
    await expectItGoesOn(standby);
    expect(await topologyVersion(standby)).toBe(1);
  });

  test('that leads and is stopped for longer than its lease does no harm when it wakes up', async () => {
    await startColony({ leaseMs: 1_000 });
    leader.signal('SIGSTOP');
    await processes.leads(standby);
    leader.signal('SIGCONT');
    await expectItGoesOn(standby);
    expect(await topologyVersion(standby)).toBe(1);
    // It has taken note: it asks the one that leads.
    const view = await leader.api.colony();
    expect(view.leader?.address).toBe(standby.url);
    expect(view.backends).toHaveLength(2);
    expect(processes.logText()).not.toContain('DETERMINISM_VIOLATION');
  });
});
