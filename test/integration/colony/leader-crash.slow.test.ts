import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { START_STAGES, type StagePoint } from '../../../services/coordinator/term/stages.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { expectedDigest, SMALL_WORLD } from '../../simulation/small-world.ts';

const TINY_WORLD = { ...SMALL_WORLD, width: 32, height: 32 };

const POINTS: StagePoint[] = START_STAGES.filter((stage) => stage !== 'fail').flatMap((stage) => [
  `before:${stage}` as const,
  `after:${stage}` as const,
]);

describe('kill -9 of the leader during a start', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let standby: CoordinatorMember;
  let killed: boolean;

  /** A leader that dies at a point, and a standby. */
  async function setUp(point: StagePoint, settings = {}): Promise<void> {
    cluster = new ColonyCluster({ defaultSpec: TINY_WORLD, ...settings });
    killed = false;
    leader = await cluster.addCoordinator({
      hook: (reached) => {
        if (killed || reached !== point) return undefined;
        killed = true;
        leader.kill();
        return new Promise(() => {});
      },
    });
    await cluster.clock.advance(500);
    standby = await cluster.addCoordinator();
  }

  beforeEach(() => {
    killed = false;
  });
  afterEach(() => cluster.close());

  it.each(POINTS)('%s: the next leader completes the start, once', async (point) => {
    await setUp(point);
    await cluster.addBackend();
    await cluster.addBackend();
    await cluster.clock.advance(500);
    void colonyStart(leader, 'key-1').catch(() => {});
    await cluster.until(() => killed, `the leader to die ${point}`);
    // The client lost its answer and asks again, elsewhere, with the same key.
    const answer = await cluster.during(colonyStart(standby, 'key-1', { waitSeconds: 25 }));
    expect(answer.status).toBe(200);
    const digests = await cluster.untilDigest(100);
    expect(digests.slice(0, 2)).toEqual(
      [0, 100].map((tick) => ({ tick, digest: expectedDigest(tick, TINY_WORLD) })),
    );
    const record = await cluster.store.read();
    expect(record).toMatchObject({
      status: 'TopographyInitialized',
      idempotencyKey: 'key-1',
      generation: 1,
      leader: { id: standby.entry.bootId, epoch: 2 },
    });
    const other = await cluster.during(colonyStart(standby, 'key-2'));
    expect(other.status).toBe(409);
  });

  it.each(['before:fail', 'after:fail'] as const)(
    '%s: the next leader returns it to NotInitialized, and the same key starts again',
    async (point) => {
      await setUp(point, { startTimeoutMs: 5_000 });
      void colonyStart(leader, 'key-1').catch(() => {});
      await cluster.until(() => killed, `the leader to die ${point}`);
      await cluster.until(async () => {
        const { status, leader: leads } = await cluster.store.read();
        return status === 'NotInitialized' && leads?.epoch === 2;
      }, 'the start to be given up');
      await cluster.addBackend();
      const answer = await cluster.during(colonyStart(standby, 'key-1', { waitSeconds: 25 }));
      expect(answer.status).toBe(200);
      expect(await cluster.store.read()).toMatchObject({ generation: 2 });
    },
  );
});
