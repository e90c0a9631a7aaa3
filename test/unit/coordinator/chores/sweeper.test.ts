import { beforeEach, describe, expect, test } from 'vitest';
import type { Sight } from '../../../../services/coordinator/chores/stale-entry.ts';
import { Sweeper } from '../../../../services/coordinator/chores/sweeper.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { MemoryCompute } from '../../../simulation/memory-compute.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { taskArnOf } from '../../../support/contracts/compute-contract.ts';
import { entryOf } from '../../../support/contracts/registry-contract.ts';
import { SELF } from '../fixtures.ts';

describe('the sweeper', () => {
  let clock: VirtualClock;
  let log: MemoryLog;
  let registry: MemoryRegistry;
  let compute: MemoryCompute;
  let sights: Map<string, Sight>;
  let knownAlive: Set<string>;
  let looks: string[];
  let known: string[][];
  let term: LeaderTerm;
  let sweeper: Sweeper;

  beforeEach(() => {
    clock = new VirtualClock();
    log = new MemoryLog();
    registry = new MemoryRegistry();
    compute = new MemoryCompute();
    sights = new Map();
    knownAlive = new Set();
    looks = [];
    known = [];
    term = new LeaderTerm({ leaderId: SELF.id, epoch: 1, clock, leaseMs: 3_600_000, sentMs: 0 });
    sweeper = new Sweeper({
      registry,
      compute,
      clock,
      log,
      tasks: { know: (entries) => known.push(entries.map(({ id }) => id)) },
      selfBootId: entryOf(0).bootId,
      isKnownAlive: (bootId) => knownAlive.has(bootId),
      look: async (role, { id }) => {
        looks.push(`${role} ${id}`);
        return sights.get(id) ?? 'alive';
      },
    });
  });
  const left = async () =>
    [...(await registry.list('backends')), ...(await registry.list('coordinators'))].map(
      ({ id }) => id,
    );
  const run = async (durationMs: number) => {
    void sweeper.run(term);
    await clock.advance(durationMs);
  };

  test('leaves those alone that answer', async () => {
    await registry.put('backends', entryOf(1));
    await registry.put('coordinators', entryOf(2));
    await run(3_600_000);
    expect(await left()).toEqual(['process-1', 'process-2']);
    expect(sweeper.aliveBackends).toBe(1);
  });

  test('looks at nobody where the lease is over once the registry has answered', async () => {
    await registry.put('backends', entryOf(1));
    const { list } = registry;
    registry.list = async (role) => {
      await clock.sleep(3_600_000);
      return list.call(registry, role);
    };
    await run(3_600_001);
    expect(looks).toEqual([]);
  });

  test('removes at once what a stopped task left', async () => {
    await registry.put('backends', entryOf(1, { taskArn: taskArnOf(1) }));
    await registry.put('coordinators', entryOf(2, { taskArn: taskArnOf(2) }));
    for (const id of ['process-1', 'process-2']) sights.set(id, 'silent');
    await run(0);
    expect(await left()).toEqual([]);
    expect(log.messages('info')).toHaveLength(2);
  });

  test('has told of the backend whose entry it removes, for others may ask of its task', async () => {
    await registry.put('backends', entryOf(1, { taskArn: taskArnOf(1) }));
    await registry.put('coordinators', entryOf(2));
    sights.set('process-1', 'silent');
    await run(30_000);
    expect(known).toEqual([['process-1'], []]);
  });

  test('never removes the entry of a task that is alive', async () => {
    compute.tasks.set(taskArnOf(1), 'alive');
    await registry.put('backends', entryOf(1, { taskArn: taskArnOf(1) }));
    sights.set('process-1', 'gone');
    await run(3_500_000);
    expect(await left()).toEqual(['process-1']);
    expect(sweeper.aliveBackends).toBe(0);
  });

  test('removes an entry without a task when nothing has listened there for a minute', async () => {
    await registry.put('backends', entryOf(1));
    sights.set('process-1', 'gone');
    await run(59_000);
    expect(await left()).toEqual(['process-1']);
    await clock.advance(2_000);
    expect(await left()).toEqual([]);
  });

  test('neither looks at itself nor at backends that answered a moment ago', async () => {
    await registry.put('coordinators', entryOf(0));
    await registry.put('backends', entryOf(1));
    knownAlive.add(entryOf(1).bootId);
    await run(0);
    expect(looks).toEqual([]);
    expect(sweeper.aliveBackends).toBe(1);
  });

  test('removes 10 in a round, and what is left in rounds that follow soon', async () => {
    for (let i = 1; i <= 25; i++) {
      await registry.put('backends', entryOf(i, { taskArn: taskArnOf(i) }));
      sights.set(`process-${i}`, 'gone');
    }
    await run(0);
    expect(await left()).toHaveLength(15);
    await clock.advance(5_000);
    expect(await left()).toHaveLength(5);
    await clock.advance(5_000);
    expect(await left()).toEqual([]);
  });

  test('removes nothing once the lease is over', async () => {
    await registry.put('backends', entryOf(1, { taskArn: taskArnOf(1) }));
    sights.set('process-1', 'gone');
    compute.statesOf = async (arns) => {
      term.end();
      return new Map(arns.map((arn) => [arn, 'stopped']));
    };
    await run(60_000);
    expect(await left()).toEqual(['process-1']);
    expect(log.lines).toEqual([]);
  });

  test('a task manager that does not answer is asked again in the next round', async () => {
    await registry.put('backends', entryOf(1, { taskArn: taskArnOf(1) }));
    sights.set('process-1', 'gone');
    const { statesOf } = compute;
    compute.statesOf = async () => {
      throw new Error('Rate exceeded');
    };
    await run(20_000);
    expect(await left()).toEqual(['process-1']);
    compute.statesOf = statesOf;
    await clock.advance(10_000);
    expect(await left()).toEqual([]);
  });
});
