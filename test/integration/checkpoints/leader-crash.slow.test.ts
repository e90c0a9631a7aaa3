import { afterEach, describe, expect, it } from 'vitest';
import { CHECKPOINT_STAGES, type StagePoint } from '../../../services/coordinator/term/stages.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { expectedDigest } from '../../simulation/small-world.ts';

const POINTS = CHECKPOINT_STAGES.flatMap((stage): StagePoint[] => [
  `before:${stage}`,
  `after:${stage}`,
]);

describe('a leader that dies while it takes a checkpoint', () => {
  let cluster: ColonyCluster;
  afterEach(() => cluster.close());

  it.each(POINTS)(
    '%s is followed by one that takes the next, and nothing is lost',
    async (point) => {
      cluster = new ColonyCluster({ checkpointIntervalSeconds: 1 });
      for (let i = 0; i < 2; i++) await cluster.addBackend();
      let first: CoordinatorMember;
      let isKilled = false;
      const hook = (at: StagePoint) => {
        if (at !== point || isKilled) return;
        isKilled = true;
        first.kill();
      };
      first = await cluster.addCoordinator({ hook });
      await cluster.until(() => first.coordinator.leadership().leads, 'a leader');
      const standby = await cluster.addCoordinator();
      await cluster.during(
        first.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
      );
      await cluster.until(() => isKilled, 'the leader to be killed');
      await cluster.until(() => standby.coordinator.leadership().leads, 'the next leader');
      const { epoch = 0 } = (await cluster.store.read()).leader ?? {};
      await cluster.until(
        async () => (await cluster.store.read()).checkpoint?.epoch === epoch,
        'a checkpoint of the next leader',
      );
      const { checkpoint } = await cluster.store.read();
      const answer = await cluster.during(standby.request('/checkpoints'));
      const listed = (await answer.json()) as { tick: number; digest: string }[];
      expect(listed[0]?.tick).toBe(checkpoint?.tick);
      for (const { tick, digest } of listed) expect(digest).toBe(expectedDigest(tick));
      const digests = await cluster.untilDigest((checkpoint?.tick ?? 0) + 100);
      expect(digests.map(({ tick }) => expectedDigest(tick))).toEqual(
        digests.map(({ digest }) => digest),
      );
      expect(await cluster.store.read()).toMatchObject({ topologyVersion: 1 });
    },
  );
});
