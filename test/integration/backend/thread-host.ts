import type { OriginCells } from '../../../services/backend/checkpoints/origin-cells.ts';
import type { HaloTransport } from '../../../services/backend/halos/halo-transport.ts';
import { HostedTopology } from '../../../services/backend/hosting/hosted-topology.ts';
import { Grant } from '../../../services/backend/ticking/grant.ts';
import { HeldEvents } from '../../../services/backend/ticking/held-events.ts';
import { createEngine } from '../../../services/kernel/create-engine.ts';
import type { Engine } from '../../../services/kernel/engine.ts';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import type { Topology } from '../../../services/protocol/layout/topology.ts';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { kernelWorker } from '../../support/kernel/kernel-worker.ts';
import { topologyOf } from '../../unit/backend/topology-fixture.ts';

/** Threads work on real time, and here there is one backend, which needs no others. */

export const spec = { ...DEFAULT_WORLD_SPEC, width: 128, height: 96, shardSize: 32, seed: 3 };
export const topology = topologyOf({
  width: spec.width,
  height: spec.height,
  shardSize: 32,
  owners: Array<number>(12).fill(0),
});
export const clock = new SystemClock();
export const settled = Promise.resolve();
export const POLL = { timeout: 60_000, interval: 5 };

export const all: HostedTopology[] = [];
/** To be called after each test. */
export async function dropAll(): Promise<void> {
  await Promise.all(all.splice(0).map((hosted) => hosted.drop()));
}

interface HostOptions {
  of?: Topology;
  ownIndex?: number;
  haloTransport?: HaloTransport;
  threads?: number;
  workerFile?: string | URL;
  k?: number;
  memory?: KernelMemory;
  originCells?: OriginCells;
}

export function host(options: HostOptions = {}) {
  const { threads = 2, workerFile = kernelWorker, k = 1, memory = new KernelMemory() } = options;
  const { of = topology, ownIndex = 0, haloTransport = {} as HaloTransport, originCells } = options;
  const log = new MemoryLog();
  const grant = new Grant();
  const events = new HeldEvents();
  let engine: WeakRef<Engine> | undefined;
  const hosted = new HostedTopology(
    { ...of, ticksPerExchange: k },
    ownIndex,
    spec,
    grant,
    {
      clock,
      log,
      haloTransport,
      threads,
      ...(originCells && { originCells }),
      createEngine: () => {
        const made = createEngine('wasm', { module: kernelModule, threads, workerFile, memory });
        engine = new WeakRef(made);
        return made;
      },
    },
    events,
  );
  all.push(hosted);
  let grants = 0;
  const grantTo = (horizon: number) => {
    grant.apply({ epoch: 1, number: ++grants, horizon, ticksPerSecond: null }, 0);
    hosted.wake();
  };
  return { hosted, log, grantTo, events, engine: () => engine };
}
