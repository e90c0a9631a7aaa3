import type { CapacitySettings } from '../../../services/coordinator/chores/capacity.ts';
import { ColonyRecords } from '../../../services/platform/record/colony-records.ts';
import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import { keepRegistered } from '../../../services/platform/registry/registration.ts';
import { RpcClient } from '../../../services/platform/rpc/rpc-client.ts';
import { assembleCoordinator } from '../../simulation/assemble-coordinator.ts';
import { TEST_SECRET } from '../../simulation/colony-cluster.ts';
import type { Launch } from './launch.ts';
import type { Running } from './slot.ts';

const FORWARD_MS = 5_000;
const LOOK_MS = 2_000;
/** How long a leader that is to end leads on for what it was asked. */
const LEAD_ON_MS = 2_000;

/**
 * A coordinator, put together as its composition root does it.
 *
 * @param record the record store as this process reaches it.
 */
export function launchCoordinator(
  launch: Launch,
  record: RecordStore,
  capacity: CapacitySettings | undefined,
): Running {
  const { boot, entry, clock, ports, network, plan, log, randomness, stores } = launch;
  const { life } = boot;
  const transport = life.guard('calls', network.transportOf({ boot, clock }));
  const { coordinator, app } = assembleCoordinator({
    settings: plan.settings,
    entry,
    address: boot.origin,
    store: new ColonyRecords({ store: record, clock, randomness }),
    objects: ports('objects', stores.objects),
    digests: ports('digests', stores.digests),
    events: ports('events', stores.events),
    series: (table) => ports(table, stores.series.get(table) as object) as never,
    snapshots: ports('snapshots', stores.snapshots),
    registry: ports('registry', stores.registry),
    rpc: new RpcClient({ transport, secret: TEST_SECRET, selfBootId: boot.bootId }),
    clock,
    randomness,
    log,
    ...(capacity && { capacity }),
    getJson: async (url) =>
      (await network.fetch({ boot, clock }, new Request(url), LOOK_MS)).json(),
    forward: (request, limits) =>
      network.fetch({ boot, clock }, request, limits?.timeoutMs ?? FORWARD_MS),
  });
  const fetch = async (request: Request) => {
    life.passes('before:answer');
    const answer = await app.fetch(request);
    life.passes('after:answer');
    return answer;
  };
  network.attach(boot.origin, { boot, fetch });
  const leaving = new AbortController();
  const stopping = new AbortController();
  const registry = ports('registry', stores.registry);
  const parts = { clock, randomness, log };
  const kept = keepRegistered(registry, 'coordinators', entry, parts, leaving.signal);
  const led = coordinator.run(stopping.signal);
  return {
    boot,
    clock,
    end: async () => {
      leaving.abort();
      await clock.sleep(LEAD_ON_MS);
      stopping.abort();
      await Promise.all([kept, led]);
    },
  };
}
