import { expect, test } from 'vitest';
import { FenceGuard } from '../../../../services/backend/hosting/fence-guard.ts';
import { Hosting } from '../../../../services/backend/hosting/hosting.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import type { InjectedEvent } from '../../../../services/world/events/events.ts';
import { DEFAULT_WORLD_SPEC, ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { noPeers } from '../halos/no-peers.ts';
import { topologyOf } from '../topology-fixture.ts';

const spec = { ...DEFAULT_WORLD_SPEC, width: 64, height: 64, shardSize: 16 };
const stored = { engineVersion: ENGINE_VERSION, spec };
const fence = (topologyVersion: number) => ({ generation: 1, epoch: 1, topologyVersion });
const alone = Array<number>(16).fill(0);

function host(clock = new VirtualClock()): Hosting {
  return new Hosting({
    bootId: 'boot-0',
    pid: 1,
    guard: new FenceGuard(),
    memoryLimitBytes: 2 ** 30,
    clock,
    log: new MemoryLog(),
    haloTransport: noPeers,
    createEngine: () => new ReferenceEngine(),
  });
}

test('an event for the tick under way is too late', async () => {
  const clock = new VirtualClock();
  const hosting = host(clock);
  hosting.initializeColony(fence(1), { colonyInstanceId: 'instance', stored });
  hosting.initializeTopology(fence(1), topologyOf({ owners: alone }));
  await hosting.initializeShards(fence(1));
  hosting.startTicking(fence(1));
  const grant = { horizon: 1000, grantNumber: 1, ticksPerSecond: null, durableThroughTick: -1 };
  const injected = (tick: number): InjectedEvent[] => [
    { sequence: 1, tick, event: { kind: 'extinction', draw: 1 } },
  ];
  hosting.heartbeat(fence(1), { ...grant, events: [], eventSeq: 0 });
  // It yields after each shard, and between ticks does not.
  while (hosting.status().colony?.tick !== 3) await clock.yieldToIo();
  const beat = (tick: number) =>
    hosting.heartbeat(fence(1), { ...grant, events: injected(tick), eventSeq: 1 });
  expect(() => beat(3)).toThrow(expect.objectContaining({ code: 'EVENT_TOO_LATE' }));
  expect(beat(4).status.colony?.eventSeq).toBe(1);
  await hosting.close();
});
