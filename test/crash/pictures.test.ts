import { afterEach, describe, expect, it } from 'vitest';
import type { StoredPicturesView } from '../../services/protocol/api/public-api.ts';
import { type ColonyEvent, injectedEventsOf } from '../../services/protocol/colony/colony-event.ts';
import { ColonyError } from '../../services/protocol/common/errors.ts';
import { SingleWorld } from '../../services/world/single-world.ts';
import { ColonyCluster, type CoordinatorMember } from '../simulation/colony-cluster.ts';
import { injectEvent } from '../simulation/colony-requests.ts';
import { decodedPng, pictureOf } from '../support/pictures.ts';

let cluster: ColonyCluster;
let leader: CoordinatorMember;
afterEach(() => cluster.close());

async function start(backends: number): Promise<void> {
  cluster = new ColonyCluster({
    ...{ checkpointIntervalSeconds: 1, pictureIntervalSeconds: 2 },
    ...{ leaseMs: 2_000, beatIntervalMs: 500 },
  });
  for (let i = 0; i < backends; i++) await cluster.addBackend();
  leader = await cluster.addCoordinator();
  await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
  await cluster.during(
    leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
  );
}

async function ask(path: string, of = leader): Promise<Response> {
  return cluster.during(of.request(path));
}

async function list(of = leader): Promise<StoredPicturesView> {
  return (await (await ask('/pictures', of)).json()) as StoredPicturesView;
}

const untilPictures = (count: number) =>
  cluster.until(
    async () => (await cluster.snapshots.list('pictures/')).length >= count,
    `${count} pictures`,
    120_000,
  );

/** Every picture that is listed is that of the world in one piece, at exactly its tick. */
async function expectExact(of = leader): Promise<void> {
  const { spec } = await cluster.view(of);
  const events = (await (await ask('/colony-events?from=0&limit=200', of)).json()) as ColonyEvent[];
  const world = new SingleWorld(spec!, { events: injectedEventsOf(events) });
  const { pictures } = await list(of);
  for (const { tick, width, height, sizeBytes } of pictures) {
    const answer = await ask(`/pictures/${tick}`, of);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const png = new Uint8Array(await answer.arrayBuffer());
    expect(png.byteLength).toBe(sizeBytes);
    while (world.tick < tick) world.step();
    const expected = pictureOf(world);
    expect([width, height]).toEqual([expected.columns, expected.rows]);
    expect(decodedPng(png)).toEqual(expected);
  }
}

describe('the pictures of a colony', () => {
  it.each([1, 3, 5])('of %i backends are those of the world in one piece', async (backends) => {
    await start(backends);
    const rule = { kind: 'ruleChange', rule: 'killChance', percent: 20 };
    await cluster.during(injectEvent(leader, 'E1', rule));
    await untilPictures(2);
    await expectExact();
  });

  it('are so across a change of the topology', async () => {
    await start(2);
    await untilPictures(1);
    await cluster.addBackend();
    await cluster.until(
      async () => (await cluster.store.read()).topologyVersion >= 2,
      'the next topology',
      120_000,
    );
    const { pictures } = await list();
    await untilPictures(pictures.length + 1);
    await expectExact();
  });

  it('leave nothing beside their checkpoints', async () => {
    await start(2);
    await untilPictures(2);
    const left = async () =>
      (await cluster.snapshots.list('checkpoints/')).filter(({ key }) => key.endsWith('/picture'));
    await cluster.until(async () => (await left()).length === 0, 'the parts to be removed');
  });

  it('come no closer than they are asked for', async () => {
    await start(2);
    await untilPictures(4);
    const { pictures } = await list();
    const checkpoints = (await (await ask('/checkpoints')).json()) as unknown[];
    const { tick = 0 } = pictures.at(-1) ?? {};
    // At 60 ticks/s of virtual time or more, a checkpoint each second and a picture each second one.
    expect(pictures.length).toBeLessThanOrEqual(tick / 100 + 1);
    expect(checkpoints.length).toBeGreaterThan(0);
  });
});

/** Every put of an object with such a key goes through here first. */
function beforePut(matches: (key: string) => boolean, act: (key: string) => Promise<void> | void) {
  const { snapshots } = cluster;
  const put = snapshots.putIfAbsent.bind(snapshots);
  snapshots.putIfAbsent = async (key, bytes) => {
    if (matches(key)) await act(key);
    return put(key, bytes);
  };
}

describe('a leader that dies', () => {
  it.each(['before', 'after'])('%s a picture is stored loses that at most', async (when) => {
    await start(2);
    const standby = await cluster.addCoordinator();
    let isKilled = false;
    const { snapshots } = cluster;
    const put = snapshots.putIfAbsent.bind(snapshots);
    snapshots.putIfAbsent = async (key, bytes) => {
      if (isKilled || !key.startsWith('pictures/')) return put(key, bytes);
      isKilled = true;
      if (when === 'before') {
        leader.kill();
        throw new ColonyError('STORE_UNAVAILABLE', 'the leader is dead');
      }
      const result = await put(key, bytes);
      leader.kill();
      return result;
    };
    await cluster.until(() => isKilled, 'the leader to be killed');
    await cluster.until(() => standby.coordinator.leadership().leads, 'the next leader');
    await untilPictures(2);
    await expectExact(standby);
  });
});

describe('a store that', () => {
  it('does not take what backends sample loses pictures, and no checkpoint', async () => {
    await start(2);
    let refused = 0;
    beforePut(
      (key) => key.endsWith('/picture') && refused < 3,
      () => {
        refused++;
        throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
      },
    );
    await cluster.until(() => refused === 3, 'parts to be refused', 120_000);
    await untilPictures(2);
    await expectExact();
    const { checkpoint } = await cluster.view(leader);
    expect(checkpoint?.failure).toBeNull();
  });

  it('never answers for what backends sample keeps no checkpoint waiting', async () => {
    await start(2);
    beforePut(
      (key) => key.endsWith('/picture'),
      () => new Promise(() => {}),
    );
    const pointed = async () => (await cluster.store.read()).checkpoint?.tick ?? -1;
    await cluster.until(async () => (await pointed()) >= 1_000, 'checkpoints', 120_000);
    const { checkpoint } = await cluster.view(leader);
    expect(checkpoint?.failure).toBeNull();
    expect((await list()).pictures).toEqual([]);
  });

  it('does not take pictures loses them alone', async () => {
    await start(2);
    let refused = 0;
    beforePut(
      (key) => key.startsWith('pictures/') && refused < 2,
      () => {
        refused++;
        throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
      },
    );
    await untilPictures(2);
    expect(refused).toBe(2);
    await expectExact();
    expect(leader.log.messages('info')).toContain('a picture is lost; the colony ticks on');
  });
});
