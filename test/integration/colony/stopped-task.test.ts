import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { MemoryCompute } from '../../simulation/memory-compute.ts';
import { expectedDigest } from '../../simulation/small-world.ts';
import { taskArnOf } from '../../support/contracts/compute-contract.ts';

const SUSPECT_MS = 8_000;
/** How long a heartbeat or a ping waits for its answer. */
const CALL_MS = 3_000;

describe('a backend whose address swallows what is sent there', () => {
  let cluster: ColonyCluster;
  let compute: MemoryCompute;
  let leader: CoordinatorMember;
  let backends: BackendMember[];

  beforeEach(async () => {
    cluster = new ColonyCluster({ minBackends: 2, ticksPerSecond: 20, suspectMs: SUSPECT_MS });
    compute = new MemoryCompute({ desired: 2, running: 2 });
    leader = await addCoordinator();
    backends = [];
    for (const number of [0, 1]) {
      const member = await cluster.addBackend();
      const taskArn = taskArnOf(number);
      compute.tasks.set(taskArn, 'alive');
      await cluster.registry.put('backends', { ...member.entry, taskArn });
      backends.push(member);
    }
    await cluster.clock.advance(1_000);
    await cluster.during(colonyStart(leader, 'key-1', { waitSeconds: 25 }));
    await cluster.untilDigest(100);
  });
  afterEach(() => cluster.close());

  const addCoordinator = () =>
    cluster.addCoordinator({ capacity: { compute, backendCount: 2, spotShare: 0 } });

  /** No call reaches the second backend any more. */
  const swallow = () => {
    const { origin } = backends[1]!;
    cluster.network.setFault(({ to }) => (to === origin ? 'drop-request' : undefined));
  };
  /** What a coordinator said of a backend that is lost, and how long that took, in ms. */
  const lossBy = async ({ log }: CoordinatorMember, message: string) => {
    const fromMs = cluster.clock.nowMs();
    const said = () => log.lines.find((line) => line.message === message);
    await cluster.until(() => said() !== undefined, message);
    return { reason: said()?.fields['reason'], tookMs: cluster.clock.nowMs() - fromMs };
  };
  const digestsGoOn = async () => {
    const digests = await cluster.untilDigest(300);
    for (const { tick, digest } of digests) expect(digest).toBe(expectedDigest(tick));
  };

  test('is lost at its first silence if its task has stopped', async () => {
    swallow();
    compute.tasks.set(taskArnOf(1), 'stopped');
    const { reason, tookMs } = await lossBy(leader, 'a backend is lost');
    expect(reason).toBe(`its task has stopped: ${taskArnOf(1)}`);
    expect(tookMs).toBeLessThan(CALL_MS + 500);
    await digestsGoOn();
  });

  test('is waited for if its task runs', async () => {
    swallow();
    const { reason, tookMs } = await lossBy(leader, 'a backend is lost');
    expect(reason).toMatch(/^silent for/);
    expect(tookMs).toBeGreaterThanOrEqual(SUSPECT_MS);
    await digestsGoOn();
  });

  test('is waited for where ECS does not answer', async () => {
    swallow();
    compute.statesOf = () => new Promise(() => undefined);
    const { reason, tookMs } = await lossBy(leader, 'a backend is lost');
    expect(reason).toMatch(/^silent for/);
    expect(tookMs).toBeLessThan(SUSPECT_MS + CALL_MS + 500);
    await digestsGoOn();
  });

  test('is gone for the next leader at its first silence if its task has stopped', async () => {
    const next = await addCoordinator();
    leader.stop();
    swallow();
    compute.tasks.set(taskArnOf(1), 'stopped');
    await cluster.until(() => next.coordinator.leadership().leads, 'the next one to lead');
    const { reason, tookMs } = await lossBy(next, 'a backend is gone');
    expect(reason).toBe(`its task has stopped: ${taskArnOf(1)}`);
    expect(tookMs).toBeLessThan(CALL_MS + 1_500);
    await digestsGoOn();
  });
});
