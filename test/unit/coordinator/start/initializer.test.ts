import { describe, expect, test } from 'vitest';
import { initializeBackends } from '../../../../services/coordinator/start/initializer.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/start/stages.ts';
import { WorkEnded } from '../../../../services/coordinator/work.ts';
import { TransportError } from '../../../../services/platform/transport.ts';
import { VirtualClock } from '../../../../services/platform/virtual-clock.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  recordOf,
  STORED,
  topologyOf,
  workOf,
} from '../fixtures.ts';

const record = recordOf({ status: 'Initializing', generation: 1, colonyInstanceId: 'instance-1' });

const initialize = (answer: (call: FakeCall) => unknown, topology = topologyOf(2)) => {
  const clock = new VirtualClock();
  const context = contextOf(record);
  const { rpc, calls } = fakeRpc(clock, answer);
  const done = initializeBackends(rpc, NO_STAGE_HOOK, workOf(context, clock), STORED, topology);
  return { calls, context, done };
};

describe('initialising the backends of a topology', () => {
  test('does each step on all of them before the next one', async () => {
    const { calls, done } = initialize(() => ({}));
    await done;
    expect(calls.map(({ method, bootId }) => `${method} ${bootId}`)).toEqual([
      'initializeColony boot-0',
      'initializeColony boot-1',
      'initializeTopology boot-0',
      'initializeTopology boot-1',
      'initializeShards boot-0',
      'initializeShards boot-1',
    ]);
  });

  test('carries the fence of the topology', async () => {
    const { calls, done } = initialize(() => ({}));
    await done;
    for (const { fence } of calls) {
      expect(fence).toEqual({ generation: 1, epoch: 1, topologyVersion: 1 });
    }
  });

  test('asks none that has no shard', async () => {
    const { calls, done } = initialize(() => ({}), topologyOf(2, { owners: Array(8).fill(1) }));
    await done;
    expect(new Set(calls.map(({ bootId }) => bootId))).toEqual(new Set(['boot-1']));
  });

  test('names the backend and the step that failed', async () => {
    const { done } = initialize(({ method, bootId }) => {
      if (method === 'initializeTopology' && bootId === 'boot-1') {
        throw new TransportError('timeout', 'no answer');
      }
    });
    await expect(done).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: 'initializeTopology on backend b1 at http://b1:9000: no answer',
    });
  });

  test('waits for the others when one fails, and takes no further step', async () => {
    const finished: string[] = [];
    const { calls, done } = initialize(async ({ bootId }) => {
      if (bootId === 'boot-0') throw new TransportError('timeout', 'no answer');
      await new Promise((resolve) => setImmediate(resolve));
      finished.push(bootId);
    });
    await expect(done).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    expect(finished).toEqual(['boot-1']);
    expect(calls).toHaveLength(2);
  });

  test('goes no further once the record asks for something else', async () => {
    const { calls, context, done } = initialize(() => {
      context.initializeWithStoredInfo({ ...record, revision: 2, status: 'NotInitialized' });
    });
    await expect(done).rejects.toBeInstanceOf(WorkEnded);
    expect(calls).toHaveLength(1);
  });
});
