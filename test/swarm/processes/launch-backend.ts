import { createBackend } from '../../../services/backend/app.ts';
import { createEngine } from '../../../services/kernel/create-engine.ts';
import { keepRegistered } from '../../../services/platform/registry/registration.ts';
import { TEST_SECRET } from '../../simulation/colony-cluster.ts';
import { slowEngine } from '../../simulation/slow-engine.ts';
import { inlineCheckpoints } from '../../support/inline-checkpoints.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { kernelMemoryOf } from './kernel-memories.ts';
import type { Launch } from './launch.ts';
import type { Running } from './slot.ts';
import { asOtherEngine } from './wrong-build.ts';

const HAND_OVER_MS = 20_000;

/** A backend, put together as its composition root does it. */
export function launchBackend(launch: Launch): Running {
  const { boot, entry, clock, ports, network, plan, birth, log } = launch;
  const { life } = boot;
  const registered = new AbortController();
  const parts = { clock, randomness: launch.randomness, log };
  const memory = kernelMemoryOf(boot, launch.timeline);
  const backend = createBackend({
    ...parts,
    bootId: boot.bootId,
    id: entry.id,
    pid: 1,
    rpcSecret: TEST_SECRET,
    ownAddresses: [entry.address],
    transport: life.guard('calls', network.transportOf({ boot, clock })),
    memoryLimitBytes: 2 ** 30,
    ...inlineCheckpoints({
      store: ports('snapshots', launch.stores.snapshots),
      clock,
      colonyName: plan.settings.colonyName,
      isCompressed: false,
    }),
    createEngine: () => {
      const engine = createEngine('wasm', { module: kernelModule, memory });
      return plan.tickMs > 0 ? slowEngine(engine, clock, plan.tickMs) : engine;
    },
  });
  const fetch = async (request: Request) => {
    life.passes('before:answer');
    const answer = await backend.app.fetch(request);
    life.passes('after:answer');
    return birth.wrongBuild === 'engine' ? asOtherEngine(request, answer) : answer;
  };
  const endpoint = { boot, fetch, upgrade: backend.upgrade };
  network.attach(boot.origin, endpoint);
  const registry = ports('registry', launch.stores.registry);
  const kept = keepRegistered(registry, 'backends', entry, parts, registered.signal);
  return {
    boot,
    clock,
    status: () => backend.status(),
    end: async () => {
      await backend.drain(HAND_OVER_MS);
      registered.abort();
      await Promise.all([backend.close(), kept]);
    },
  };
}
