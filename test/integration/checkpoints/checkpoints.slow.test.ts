import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readManifest } from '../../../services/platform/checkpoints/read-manifest.ts';
import { checkpointViewSchema } from '../../../services/protocol/api/public-api.ts';
import {
  type Manifest,
  manifestKey,
  manifestSchema,
} from '../../../services/protocol/checkpoint/manifest.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { expectedDigest } from '../../simulation/small-world.ts';

/** A checkpoint every second of ticking at 100 ticks/s: one at each digest. */
const OFTEN = { checkpointIntervalSeconds: 1, checkpointMinTicks: 100 };

describe('checkpoints', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let backends: BackendMember[];

  /** @param tickMs how long a tick takes. @default no time */
  const start = async (tickMs = 0) => {
    cluster = new ColonyCluster(OFTEN);
    backends = [];
    for (let i = 0; i < 3; i++) backends.push(await cluster.addBackend({ tickMs }));
    leader = await cluster.addCoordinator();
    await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
    await cluster.during(
      leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
    );
  };

  beforeEach(() => start());

  afterEach(() => cluster.close());

  const pointed = async (): Promise<number> => (await cluster.store.read()).checkpoint?.tick ?? -1;
  const untilCheckpoint = (tick: number) =>
    cluster.until(async () => (await pointed()) >= tick, `a checkpoint at tick ${tick}`);
  const newest = async (): Promise<Manifest> => {
    const { checkpoint, colonyInstanceId = '' } = await cluster.store.read();
    const key = manifestKey('test', colonyInstanceId, checkpoint!);
    const bytes = await cluster.snapshots.get(key, 1_000_000);
    return manifestSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  };
  const sameDigestsThrough = async (tick: number) => {
    const digests = await cluster.untilDigest(tick);
    const expected = digests.map((entry) => ({ ...entry, digest: expectedDigest(entry.tick) }));
    expect(digests).toEqual(expected);
  };
  /** The ticks at which the worlds of the topologies started, by the backends' own words. */
  const startedAt = () =>
    leader.log
      .messages('info')
      .flatMap((message) => /^the world starts again from (.*)$/.exec(message)?.[1] ?? []);

  it('are taken while the colony ticks, and have the digest of their tick', async () => {
    await untilCheckpoint(300);
    const { tick, digest, parts } = await newest();
    expect(digest).toBe(expectedDigest(tick));
    expect(parts.map(({ id }) => id).sort()).toEqual(['backend-1', 'backend-2', 'backend-3']);
    await sameDigestsThrough(400);
  });

  it('are listed, newest first', async () => {
    await untilCheckpoint(300);
    const answer = await cluster.during(leader.request('/checkpoints'));
    const listed = z.array(checkpointViewSchema).parse(await answer.json());
    expect(listed.map(({ tick }) => tick)).toEqual([
      (await newest()).tick,
      ...(await newest()).kept.map(({ tick }) => tick).reverse(),
    ]);
    for (const { tick, digest, manifest } of listed) {
      expect(await readManifest(cluster.snapshots, manifest)).toMatchObject({ tick, digest });
    }
  });

  it('are where a lost world starts again: the ticks before are not computed a second time', async () => {
    await untilCheckpoint(300);
    const from = await pointed();
    backends[0]?.kill();
    await cluster.until(async () => (await cluster.store.read()).topologyVersion === 2, 'recovery');
    await sameDigestsThrough(from + 100);
    expect(startedAt()).toEqual([`the checkpoint of tick ${from}`]);
  });

  it('hold injected events of later ticks ready', async () => {
    await untilCheckpoint(200);
    const body = JSON.stringify({ kind: 'extraFood', amount: 3, tick: (await pointed()) + 300 });
    await cluster.during(
      leader.request('/colony-events?idempotency_key=E1', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    );
    await untilCheckpoint(300);
    const tick = (await newest()).tick;
    const undisturbed = await cluster.untilDigest(tick + 400);
    const { colonyInstanceId = '' } = await cluster.store.read();
    backends[1]?.kill();
    await cluster.until(async () => (await cluster.store.read()).topologyVersion === 2, 'recovery');
    const replayed = await cluster.untilDigest(tick + 500);
    expect(replayed.slice(0, undisturbed.length)).toEqual(undisturbed);
    expect(await cluster.digests.list(colonyInstanceId)).toEqual(replayed);
  });

  it('outlive every process', async () => {
    await untilCheckpoint(200);
    const from = await pointed();
    for (const backend of backends) backend.kill();
    leader.kill();
    for (let i = 0; i < 2; i++) await cluster.addBackend();
    leader = await cluster.addCoordinator();
    await sameDigestsThrough(from + 100);
    expect(startedAt()).toEqual([`the checkpoint of tick ${from}`]);
  });

  it('show how far a world that was lost is computed again', async () => {
    cluster.close();
    await start(8);
    await untilCheckpoint(200);
    const from = await pointed();
    const stoodAt = from + 80;
    await cluster.until(
      async () => ((await cluster.view(leader)).tick ?? 0) >= stoodAt,
      'some ticks',
    );
    backends[0]?.kill();
    const seen: { fromTick: number; toTick: number; phaseDetail: string | null }[] = [];
    await cluster.until(async () => {
      const { phaseDetail, replay } = await cluster.view(leader);
      if (replay !== null) seen.push({ ...replay, phaseDetail });
      return (await pointed()) > from;
    }, 'the next checkpoint');
    expect(seen.length).toBeGreaterThan(0);
    for (const { fromTick, toTick, phaseDetail } of seen) {
      expect(fromTick).toBe(from);
      expect(toTick).toBeGreaterThanOrEqual(stoodAt);
      expect(phaseDetail).toMatch(
        new RegExp(`^computing again from the checkpoint of tick ${from}: tick \\d+ of ${toTick}`),
      );
    }
  });

  it.each(['a part', 'the manifest'])(
    'of which %s is on a bad sector are passed over for the one before',
    async (what) => {
      await untilCheckpoint(100);
      await cluster.until(async () => (await newest()).kept.length > 0, 'a second checkpoint');
      const { tick, kept, parts, colonyInstanceId, epoch, topologyVersion } = await newest();
      const manifest = manifestKey('test', colonyInstanceId, { tick, epoch, topologyVersion });
      const part = manifest.replace('manifest.json', `${parts[0]?.bootId}/0`);
      const get = cluster.snapshots.get.bind(cluster.snapshots);
      cluster.snapshots.get = async (key, maxBytes) => {
        if (key !== (what === 'a part' ? part : manifest)) return get(key, maxBytes);
        throw new ColonyError('STORE_UNAVAILABLE', 'EIO: i/o error, read');
      };
      for (const backend of backends) backend.kill();
      for (let i = 0; i < 3; i++) await cluster.addBackend();
      await sameDigestsThrough(tick + 100);
      expect(startedAt().at(-1)).toBe(`the checkpoint of tick ${kept.at(-1)?.tick}`);
      expect(leader.log.messages('warn')).not.toContain('a backend gets no shards for a while');
      await untilCheckpoint(tick + 100);
    },
  );

  it('that cannot be written stop nothing, and the failure is shown', async () => {
    const put = cluster.snapshots.putIfAbsent.bind(cluster.snapshots);
    cluster.snapshots.putIfAbsent = async () => {
      throw new ColonyError('STORE_UNAVAILABLE', 'the files cannot be used: ENOSPC');
    };
    await cluster.until(
      async () => (await cluster.view(leader)).checkpoint?.failure != null,
      'a failure to be shown',
    );
    expect((await cluster.view(leader)).checkpoint?.failure?.reason).toContain('ENOSPC');
    await sameDigestsThrough(300);
    cluster.snapshots.putIfAbsent = put;
    await untilCheckpoint(400);
    expect((await cluster.view(leader)).checkpoint?.failure).toBeNull();
  });
});
