import { beforeEach, describe, expect, test } from 'vitest';
import {
  Recovery,
  type RecoveryOptions,
} from '../../../../services/coordinator/layout/recovery.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import {
  contextOf,
  during,
  type FakeCall,
  fakeRpc,
  idleStatus,
  NO_TASKS,
  startedRecord,
  statusOf,
  topologyOf,
  workOf,
} from '../fixtures.ts';

const SUSPECT_MS = 8_000;

let clock: VirtualClock;
let log: MemoryLog;
let answer: (call: FakeCall) => unknown;
let calls: FakeCall[];
let tasks: RecoveryOptions['tasks'];

function allHold(): Promise<boolean> {
  const fake = fakeRpc(clock, (call) => answer(call));
  calls = fake.calls;
  const unused = async () => {
    throw new Error('nothing is recovered here');
  };
  const recovery = new Recovery({
    layout: { discover: unused, publishTopology: unused, initializeShards: unused },
    ...{ rpc: fake.rpc, clock, randomness: new SeededRandomness(1), log, tasks },
    ...{ suspectMs: SUSPECT_MS, replacementWaitMs: 3_000, minBackends: 1 },
    newestOrigin: async () => GENESIS,
  });
  const scope = workOf(contextOf(startedRecord()), clock);
  return during(clock, recovery.allHold(scope, topologyOf(2)));
}

const silence = (): never => {
  throw new TransportError('timeout', 'no answer');
};

beforeEach(() => {
  clock = new VirtualClock();
  log = new MemoryLog();
  answer = ({ bootId }) => statusOf(Number(bootId.slice(-1)));
  tasks = NO_TASKS;
});

describe('looking whether the backends hold the colony', () => {
  test('finds that all do, and raises the epoch on each', async () => {
    expect(await allHold()).toBe(true);
    expect(calls.map(({ method, bootId }) => [method, bootId])).toEqual([
      ['ping', 'boot-0'],
      ['ping', 'boot-1'],
    ]);
    for (const { fence } of calls) {
      expect(fence).toEqual({ generation: 1, epoch: 1, topologyVersion: 1 });
    }
  });

  test.each([
    ['holds nothing', idleStatus(1)],
    ['holds another generation', statusOf(1, { generation: 2 })],
    ['holds another topology', statusOf(1, { topologyVersion: 0 })],
    ['has not initialised its shards', statusOf(1, { shardsInitialized: false })],
  ])('finds one that %s', async (_what, status) => {
    answer = ({ bootId }) => (bootId === 'boot-1' ? status : statusOf(0));
    expect(await allHold()).toBe(false);
  });

  test.each([
    ['refuses connections', new TransportError('refused', 'connection refused')],
    ['is another process by now', new ColonyError('FOREIGN_BOOT_ID', 'it is another')],
  ])('believes at once that one is gone that %s', async (_what, error) => {
    answer = ({ bootId }) => {
      if (bootId === 'boot-1') throw error;
      return statusOf(0);
    };
    expect(await allHold()).toBe(false);
    expect(clock.nowMs()).toBe(0);
  });

  test('waits for a silent one that comes back in time', async () => {
    answer = () => {
      if (clock.nowMs() < 5_000) silence();
      return statusOf(0);
    };
    expect(await allHold()).toBe(true);
  });

  test('gives a silent one up after a while', async () => {
    answer = silence;
    expect(await allHold()).toBe(false);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(SUSPECT_MS);
    expect(clock.nowMs()).toBeLessThan(SUSPECT_MS + 1_000);
  });

  test('believes at its first silence that one is gone whose task has stopped, and says so', async () => {
    tasks = {
      whyGone: async (bootId) => (bootId === 'boot-1' ? 'its task has stopped: task-1' : undefined),
    };
    answer = ({ bootId }) => (bootId === 'boot-1' ? silence() : statusOf(0));
    expect(await allHold()).toBe(false);
    expect(clock.nowMs()).toBeLessThan(1_000);
    expect(log.lines).toMatchObject([
      {
        message: 'a backend is gone',
        fields: { backend: 'b1', reason: 'its task has stopped: task-1' },
      },
    ]);
  });

  test('asks at each silence whether the task has stopped by now', async () => {
    tasks = { whyGone: async () => (clock.nowMs() < 4_000 ? undefined : 'its task has stopped') };
    answer = silence;
    expect(await allHold()).toBe(false);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(4_000);
    expect(clock.nowMs()).toBeLessThan(5_000);
  });

  test('waits for no answer about a task: a silent one may come back meanwhile', async () => {
    tasks = { whyGone: () => new Promise(() => undefined) };
    answer = () => (clock.nowMs() < 5_000 ? silence() : statusOf(0));
    expect(await allHold()).toBe(true);
    expect(clock.nowMs()).toBeLessThan(6_000);
  });

  test('asks of no task while all answer', async () => {
    const asked: string[] = [];
    tasks = {
      whyGone: async (bootId) => {
        asked.push(bootId);
        return 'its task has stopped';
      },
    };
    expect(await allHold()).toBe(true);
    expect(asked).toEqual([]);
  });
});
