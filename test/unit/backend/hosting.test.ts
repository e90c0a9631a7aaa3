import { expect, test } from 'vitest';
import { FenceGuard } from '../../../services/backend/fence-guard.ts';
import { Hosting } from '../../../services/backend/hosting.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { MemoryLog } from '../../../services/platform/memory-log.ts';
import { VirtualClock } from '../../../services/platform/virtual-clock.ts';
import { DEFAULT_WORLD_SPEC, ENGINE_VERSION } from '../../../services/world/spec.ts';
import { topologyOf } from './topology-fixture.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 64, height: 64, shardSize: 16 };
const halves = Array.from({ length: 16 }, (_, shard) => (shard < 8 ? 0 : 1));
const alone = Array<number>(16).fill(0);

test('a halo may be as large as those of the topology before, so that its sender is told', () => {
  const nothing = () => undefined;
  const hosting = new Hosting({
    bootId: 'boot-0',
    pid: 1,
    guard: new FenceGuard(),
    memoryLimitBytes: 2 ** 30,
    clock: new VirtualClock(),
    log: new MemoryLog(),
    haloTransport: {
      link: () => ({ send: nothing, missed: nothing, close: nothing }),
      pull: () => Promise.reject(new Error('there are no peers')),
    },
    createEngine: () => new ReferenceEngine(),
  });
  const fence = (topologyVersion: number) => ({ generation: 1, epoch: 1, topologyVersion });
  const hold = (topologyVersion: number, owners: number[]) =>
    hosting.initializeTopology(fence(topologyVersion), topologyOf({ owners, topologyVersion }));
  const stored = { engineVersion: ENGINE_VERSION, spec };
  hosting.initializeColony(fence(1), { colonyInstanceId: 'instance', stored });
  expect(hosting.largestHaloBytes).toBe(0);
  hold(1, halves);
  const bytes = hosting.largestHaloBytes;
  expect(bytes).toBeGreaterThan(0);
  hosting.admit(fence(2));
  expect(hosting.largestHaloBytes).toBe(bytes);
  hold(2, alone);
  expect(hosting.largestHaloBytes).toBe(bytes);
  hold(3, alone);
  expect(hosting.largestHaloBytes).toBe(0);
});
