import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import { releaseBackends } from '../../../../services/coordinator/layout/releaser.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import {
  contextOf,
  fakeRpc,
  idleStatus,
  liveBackend,
  recordOf,
  statusOf,
  workOf,
} from '../fixtures.ts';

describe('releasing backends', () => {
  let isRefusing: boolean;
  let calls: ReturnType<typeof fakeRpc>['calls'];

  const release = (backends: LiveBackend[]) => {
    const clock = new VirtualClock();
    const layout = { discover: async () => backends };
    const fake = fakeRpc(clock, () => {
      if (isRefusing) throw new TransportError('timeout', 'no answer');
      return idleStatus(0);
    });
    calls = fake.calls;
    const record = recordOf({ generation: 3, topologyVersion: 2 });
    const scope = workOf(contextOf(record), clock);
    return releaseBackends({ layout, rpc: fake.rpc, log: new MemoryLog() }, scope);
  };

  beforeEach(() => {
    isRefusing = false;
  });

  test('has those that hold a colony forget it, up to the last generation', async () => {
    const backends = [liveBackend(0, statusOf(0)), liveBackend(1)];
    expect((await release(backends)).holding).toBe(0);
    expect(calls).toMatchObject([
      { method: 'releaseColony', bootId: 'boot-0', request: { generation: 3 } },
    ]);
  });

  test('shows them as they are by then: those that ticked are idle', async () => {
    const ticking = liveBackend(0, statusOf(0, {}, { state: 'Ticking' }));
    const { backends } = await release([ticking, liveBackend(1)]);
    expect(backends).toEqual([liveBackend(0), liveBackend(1)]);
    isRefusing = true;
    expect((await release([ticking])).backends).toEqual([ticking]);
  });

  test('carries a fence no lower than the last topology that the backends have seen', async () => {
    await release([liveBackend(0, statusOf(0))]);
    expect(calls[0]?.fence).toEqual({ generation: 3, epoch: 1, topologyVersion: 2 });
  });

  test('counts those that could not be told, for another look', async () => {
    isRefusing = true;
    const backends = [liveBackend(0, statusOf(0)), liveBackend(1, statusOf(1)), liveBackend(2)];
    expect((await release(backends)).holding).toBe(2);
  });
});
