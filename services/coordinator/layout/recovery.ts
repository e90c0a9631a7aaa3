import type { Log } from '../../platform/observability/log.ts';
import type { RpcClient } from '../../platform/rpc/rpc-client.ts';
import { TransportError } from '../../platform/rpc/transport.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import type { Topology, TopologyBackend } from '../../protocol/layout/topology.ts';
import { ownersOf } from '../../protocol/layout/topology.ts';
import type { Work } from '../term/work.ts';
import type { ClusterWork } from './cluster-work.ts';
import { isPlanFor } from './topology-plan.ts';

export interface RecoveryOptions {
  cluster: ClusterWork;
  rpc: RpcClient;
  clock: Clock;
  log: Log;
  suspectMs: number;
  /** How long replacements for lost backends are waited for before their shards go to others. */
  replacementWaitMs: number;
  minBackends: number;
}

const RETRY_MS = 500;

/** Brings a started colony's shards back onto living backends. */
export class Recovery {
  readonly #o: RecoveryOptions;

  constructor(options: RecoveryOptions) {
    this.#o = options;
  }

  /**
   * Raises the epoch on every backend of a topology and asks whether each still holds its shards:
   * then the colony goes on without a rollback.
   */
  async allHold(work: Work, topology: Topology): Promise<boolean> {
    const held = await Promise.all(
      ownersOf(topology).map((backend) => this.#holds(work, topology, backend)),
    );
    return held.every(Boolean);
  }

  async #holds(work: Work, topology: Topology, backend: TopologyBackend): Promise<boolean> {
    const { rpc, clock, log, suspectMs } = this.#o;
    const giveUpMs = clock.nowMs() + suspectMs;
    const target = { origin: backend.address, bootId: backend.bootId };
    for (;;) {
      work.check();
      try {
        const fence = work.fence(topology.topologyVersion);
        const { colony } = await rpc.call('ping', target, fence, {});
        return (
          colony?.generation === topology.generation &&
          colony.topologyVersion === topology.topologyVersion &&
          colony.shardsInitialized
        );
      } catch (error) {
        // Only silence is ambiguous: a paused process may yet come back.
        const silent = error instanceof TransportError && error.reason !== 'refused';
        if (!silent || clock.nowMs() >= giveUpMs) {
          log.info({ backend: backend.id, reason: messageOf(error) }, 'a backend is gone');
          return false;
        }
        await clock.sleep(RETRY_MS, work.signal).catch(() => {});
      }
    }
  }

  /**
   * Gives all shards to the backends that are there, under the next topology version, and lays
   * them anew from genesis: until checkpoints exist, everything is replayed with the same spec and
   * instance.
   */
  async recover(
    work: Work,
    stored: StoredSpec,
    wantedBackends: number,
    say: (detail: string) => void,
  ): Promise<Topology> {
    const { cluster, clock, log, replacementWaitMs, minBackends } = this.#o;
    const replacedByMs = clock.nowMs() + replacementWaitMs;
    const enough = Math.max(wantedBackends, minBackends);
    let planned: Topology | undefined;
    for (;;) {
      work.check();
      try {
        const backends = await cluster.discover(work);
        if (backends.length === 0 || (backends.length < enough && clock.nowMs() < replacedByMs)) {
          throw new ColonyError(
            'NO_BACKENDS',
            `${backends.length} of ${enough} backends are there`,
          );
        }
        log.warn(
          { backends: backends.length },
          'no checkpoints yet: the colony is replayed from genesis with the same spec and instance',
        );
        say(`laying the world anew on ${backends.length} backends to replay it from genesis`);
        if (planned === undefined || !isPlanFor(planned, backends)) {
          planned = await cluster.pointAtNextTopology(work, stored, backends);
        }
        await cluster.layOut(work, stored, planned, (_, detail) => say(detail));
        return planned;
      } catch (error) {
        work.check();
        log.info({ reason: messageOf(error) }, 'not recovered yet; trying again');
        say(`recovering: ${messageOf(error)}`);
        await clock.sleep(RETRY_MS, work.signal).catch(() => {});
      }
    }
  }
}
