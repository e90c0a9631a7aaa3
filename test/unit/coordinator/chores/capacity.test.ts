import { beforeEach, describe, expect, test } from 'vitest';
import { Capacity } from '../../../../services/coordinator/chores/capacity.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { MemoryCompute } from '../../../simulation/memory-compute.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { recordOf, SELF, startedRecord } from '../fixtures.ts';

const BEAT_MS = 2_000;

describe('the capacity of a leader', () => {
  let clock: VirtualClock;
  let log: MemoryLog;
  let compute: MemoryCompute;
  let record: ColonyRecord;
  let isReleasing: boolean;
  let term: LeaderTerm;
  let capacity: Capacity;

  beforeEach(() => {
    clock = new VirtualClock();
    log = new MemoryLog();
    compute = new MemoryCompute({ desired: 1, running: 1 });
    record = recordOf();
    isReleasing = false;
    term = new LeaderTerm({ leaderId: SELF.id, epoch: 1, clock, leaseMs: 3_600_000, sentMs: 0 });
    capacity = new Capacity({
      compute,
      clock,
      log,
      backendCount: 3,
      spotShare: 1,
      beatIntervalMs: BEAT_MS,
      record: () => record,
      isReleasing: () => isReleasing,
    });
  });
  const run = async () => {
    void capacity.run(term);
    await clock.advance(0);
  };
  const desired = async () => (await compute.describe()).desired;

  test('no backend runs while no colony is started', async () => {
    await run();
    expect(await desired()).toBe(0);
  });

  test.each(['Initializing', 'TopographyInitialized'] as const)(
    'all backends run while the colony is %s',
    async (status) => {
      record = startedRecord({ status });
      await run();
      expect(await desired()).toBe(3);
    },
  );

  test('as many run as a started colony was asked for, more or fewer than are configured', async () => {
    record = startedRecord({ wantedBackends: 5 });
    await run();
    expect(await desired()).toBe(5);
    record = startedRecord({ wantedBackends: 2 });
    await clock.advance(BEAT_MS);
    expect(await desired()).toBe(2);
    record = recordOf();
    await clock.advance(BEAT_MS);
    expect(await desired()).toBe(0);
  });

  test.each([
    ['Initializing', [{ desired: 3, spotShare: 0 }]],
    ['TopographyInitialized', []],
  ] as const)(
    'while a colony is %s, a lack of Spot capacity leads to %j',
    async (status, changes) => {
      record = startedRecord({ status });
      compute.set({ desired: 3, running: 2, spotShare: 1 });
      await run();
      await clock.advance(180_000);
      expect(compute.changes).toEqual(changes);
    },
  );

  test('what somebody else does to the count is undone at the next beat', async () => {
    record = startedRecord();
    await run();
    compute.set({ desired: 0 });
    await clock.advance(BEAT_MS);
    expect(await desired()).toBe(3);
  });

  test('a change of the record is followed at once when it is told', async () => {
    await run();
    record = startedRecord({ status: 'Initializing' });
    capacity.nudge();
    await clock.advance(1);
    expect(await desired()).toBe(3);
  });

  test('backends are ended only after they let go of the colony', async () => {
    compute.set({ desired: 3 });
    isReleasing = true;
    await run();
    await clock.advance(20_000);
    expect(await desired()).toBe(3);
    isReleasing = false;
    await clock.advance(BEAT_MS);
    expect(await desired()).toBe(0);
  });

  test('backends that never let go are ended after 30 s', async () => {
    compute.set({ desired: 3 });
    isReleasing = true;
    await run();
    await clock.advance(30_000);
    expect(await desired()).toBe(0);
  });

  test('nothing is done once the lease is over, even with an answer that came before', async () => {
    record = startedRecord();
    let answer: () => void = () => {};
    compute.describe = () =>
      new Promise((resolve) => {
        answer = () => resolve({ desired: 0, running: 0, pending: 0, spotShare: undefined });
      });
    await run();
    term.end();
    answer();
    await clock.advance(60_000);
    expect(compute.changes).toEqual([]);
    expect(log.messages()).toEqual([]);
  });

  test('a manager that does not answer is asked again, and that is said once', async () => {
    record = startedRecord();
    const { scale } = compute;
    compute.scale = async () => {
      throw new Error('Rate exceeded');
    };
    await run();
    await clock.advance(10 * BEAT_MS);
    expect(log.messages('warn')).toHaveLength(1);
    compute.scale = scale;
    await clock.advance(BEAT_MS);
    expect(await desired()).toBe(3);
  });

  test('without a compute service nothing is scaled', async () => {
    record = startedRecord();
    compute.describe = async () => undefined as never;
    await run();
    expect(compute.changes).toEqual([]);
  });

  test('a new look is one that has seen what was there when it was asked for', async () => {
    const looks: (() => void)[] = [];
    const { describe: look } = compute;
    compute.describe = async () => {
      await new Promise<void>((resolve) => looks.push(resolve));
      return look.call(compute);
    };
    await run();
    const again = capacity.reconcileAgain(term);
    looks[0]?.();
    await clock.advance(0);
    record = startedRecord({ status: 'Initializing' });
    looks[1]?.();
    await clock.advance(0);
    await again;
    expect(await look.call(compute)).toMatchObject({ desired: 3 });
  });
});
