import { describe, expect, test } from 'vitest';
import { initializeBackends } from '../../../../services/coordinator/layout/initializer.ts';
import { ScopeEnded } from '../../../../services/coordinator/term/colony-scope.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/term/stages.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import {
  type BackendStatus,
  INITIALIZING_ANSWER_MS,
} from '../../../../services/protocol/wire/rpc.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import {
  contextOf,
  during,
  type FakeCall,
  fakeRpc,
  recordOf,
  STORED,
  statusOf,
  topologyOf,
  workOf,
} from '../fixtures.ts';

const record = recordOf({ status: 'Initializing', generation: 1, colonyInstanceId: 'instance-1' });

/** Backends that do all at once, unless a test answers otherwise. */
const initialize = (answer: (call: FakeCall) => unknown, topology = topologyOf(2)) => {
  const clock = new VirtualClock();
  const context = contextOf(record);
  const { rpc, calls } = fakeRpc(clock, async (call) => (await answer(call)) ?? statusOf(0));
  const scope = workOf(context, clock);
  const initialized: number[] = [];
  const onProgress = (shards: number) => initialized.push(shards);
  const stages = { rpc, hook: NO_STAGE_HOOK, clock, onProgress };
  const done = initializeBackends({ ...stages, scope, stored: STORED, topology });
  return { calls, clock, context, done, initialized };
};

/** What a backend says that has initialised some of its 4 shards. */
const initializing = (initializedShards: number, change: Partial<BackendStatus> = {}) => {
  const shards = [0, 1, 2, 3];
  return statusOf(
    0,
    { shards, initializedShards, shardsInitialized: initializedShards === 4 },
    change,
  );
};

describe('initialising the backends of a topology', () => {
  test('does each step on all of them before the next one', async () => {
    const { calls, done } = initialize(() => undefined);
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
    const { calls, done } = initialize(() => undefined);
    await done;
    for (const { fence } of calls) {
      expect(fence).toEqual({ generation: 1, epoch: 1, topologyVersion: 1 });
    }
  });

  test('asks none that has no shard', async () => {
    const { calls, done } = initialize(
      () => undefined,
      topologyOf(2, { owners: Array(8).fill(1) }),
    );
    await done;
    expect(new Set(calls.map(({ bootId }) => bootId))).toEqual(new Set(['boot-1']));
  });

  test('says as it is that a backend lacks memory', async () => {
    const { done } = initialize(({ method }) => {
      if (method === 'initializeTopology') throw new ColonyError('WORLD_TOO_LARGE', 'it needs 9');
    });
    await expect(done).rejects.toMatchObject({ code: 'WORLD_TOO_LARGE', message: 'it needs 9' });
  });

  test('says of cells of a checkpoint that cannot be read who cannot: another checkpoint may do, or another backend', async () => {
    const { done } = initialize(({ method, bootId }) => {
      if (method !== 'initializeShards' || bootId !== 'boot-1') return;
      throw new ColonyError('CHECKPOINT_UNREADABLE', 'shard 3 is cut');
    });
    await expect(done).rejects.toMatchObject({
      code: 'CHECKPOINT_UNREADABLE',
      message: 'initializeShards on backend b1 at http://b1:9000: shard 3 is cut',
      extra: { bootId: 'boot-1' },
    });
  });

  test('says of cells that do not come whom they did not come to, and which object they are in', async () => {
    const { done } = initialize(({ method, bootId }) => {
      if (method !== 'initializeShards' || bootId !== 'boot-1') return;
      throw new ColonyError('STORE_UNAVAILABLE', 'EIO', { extra: { key: 'a/b' } });
    });
    await expect(done).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'initializeShards on backend b1 at http://b1:9000: EIO',
      extra: { bootId: 'boot-1', key: 'a/b' },
    });
  });

  test('says of a backend that fails in any other way that it has failed', async () => {
    const { done } = initialize(({ method }) => {
      if (method === 'initializeShards') throw new ColonyError('INTERNAL', 'it broke');
    });
    await expect(done).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: expect.stringContaining('it broke'),
    });
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
    await expect(done).rejects.toBeInstanceOf(ScopeEnded);
    expect(calls).toHaveLength(1);
  });

  test('asks a backend again until all of its shards are initialised, and tells how many are', async () => {
    const answers = [initializing(1), initializing(3), initializing(4)];
    const { done, initialized } = initialize(
      ({ method }) => (method === 'initializeShards' ? answers.shift() : undefined),
      topologyOf(1),
    );
    await done;
    expect(initialized).toEqual([1, 3, 4]);
  });

  test('gives up a backend that says why it cannot initialise its shards', async () => {
    const { done } = initialize(({ method }) =>
      method === 'initializeShards' ? initializing(2, { failure: 'out of memory' }) : undefined,
    );
    await expect(done).rejects.toMatchObject({
      code: 'BACKEND_FAILED',
      message: 'initializeShards on backend b0 at http://b0:9000: out of memory',
    });
  });

  test('does not wait for the others when one has failed', async () => {
    const { calls, clock, done } = initialize(async ({ method, bootId }) => {
      if (method !== 'initializeShards') return undefined;
      if (bootId === 'boot-0') throw new TransportError('refused', 'nothing listens');
      await clock.sleep(INITIALIZING_ANSWER_MS);
      return initializing(calls.length % 4);
    });
    await expect(during(clock, done)).rejects.toThrow(/boot-0|b0/);
    expect(clock.nowMs()).toBe(INITIALIZING_ANSWER_MS);
  });

  test('gives up a backend that initialises no further shard for a minute', async () => {
    const { clock, done, initialized } = initialize(async ({ method }) => {
      if (method !== 'initializeShards') return undefined;
      await clock.sleep(INITIALIZING_ANSWER_MS);
      return initializing(clock.nowMs() < 300_000 ? 1 : 2);
    }, topologyOf(1));
    await expect(during(clock, done)).rejects.toThrow(
      /no shard was initialized for 60000 ms, 1 are/,
    );
    expect(initialized).toEqual([1]);
    expect(clock.nowMs()).toBeLessThan(70_000);
  });
});
