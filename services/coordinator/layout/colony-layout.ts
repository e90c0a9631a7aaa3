import type { ObjectStore } from '../../platform/objects/object-store.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { TopologyOrigin } from '../../protocol/colony/origin.ts';
import { type StoredSpec, storedSpecSchema } from '../../protocol/colony/spec.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { type Topology, topologySchema } from '../../protocol/layout/topology.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { CoordinatorCount } from '../metrics/coordinator-metrics.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import type { Discovery, LiveBackend } from './discovery.ts';
import { initializeBackends } from './initializer.ts';
import { planTopology, topologyRef } from './topology-plan.ts';

export interface ColonyLayoutOptions {
  store: ColonyRecords;
  objects: ObjectStore;
  rpc: RpcCalls;
  discovery: Pick<Discovery, 'discover'>;
  context: CoordinatorContext;
  clock: Clock;
  log: Log;
  hook: StageHook;
  ticksPerExchange: number;
  count?: CoordinatorCount | undefined;
}

/** The steps that starting and recovering a colony share: look, plan, point at the plan, initialise. */
export class ColonyLayout {
  readonly #options: ColonyLayoutOptions;

  constructor(options: ColonyLayoutOptions) {
    this.#options = options;
  }

  async loadSpec(record: ColonyRecord): Promise<StoredSpec> {
    return this.#load('the spec', record.specRef, (value) => storedSpecSchema.parse(value));
  }

  /** The topology that the record points at; undefined before the first. */
  async loadTopology(record: ColonyRecord): Promise<Topology | undefined> {
    if (record.topologyRef === undefined) return undefined;
    return this.#load('the topology', record.topologyRef, (value) => topologySchema.parse(value));
  }

  /** The backends that are there now. While there is a colony, looking for them is a stage. */
  async discover(scope: ColonyScope): Promise<LiveBackend[]> {
    const { hook, discovery } = this.#options;
    const { status } = scope.record;
    const look = () => {
      scope.check();
      return discovery.discover(() => scope.fence(scope.record.topologyVersion));
    };
    return status === 'NotInitialized' ? look() : atStage(hook, 'discover', look);
  }

  /** Gives the shards to these backends: stores an immutable topology, then points the record at it. */
  async publishTopology(
    scope: ColonyScope,
    stored: StoredSpec,
    backends: readonly LiveBackend[],
    origin: TopologyOrigin,
  ): Promise<Topology> {
    const { store, objects, context, hook, log, ticksPerExchange } = this.#options;
    const { colonyInstanceId, topologyVersion, generation } = scope.record;
    if (colonyInstanceId === undefined) throw new Error('a colony without an instance id');
    const topology = planTopology({
      spec: stored.spec,
      backends,
      colonyInstanceId,
      generation,
      topologyVersion: topologyVersion + 1,
      ticksPerExchange,
      origin,
    });
    const ref = topologyRef(topology);
    await atStage(hook, 'put-topology', () => objects.put(ref, topology));
    scope.check();
    const result = await atStage(hook, 'set-topology', () =>
      store.setTopology(scope.storeTerm, ref, topology.topologyVersion),
    );
    // The next attempt must know this version, even if the record does not point at it.
    context.initializeWithStoredInfo(result.record);
    if (!result.ok) {
      throw new ColonyError('STALE_FENCE', 'the record was changed while a topology was planned');
    }
    this.#options.count?.('colony_topologies_published_total', {});
    log.info(
      {
        topologyVersion: topology.topologyVersion,
        shards: topology.owners.length,
        backends: topology.backends.map((backend) => backend.id),
      },
      'topology created',
    );
    return topology;
  }

  /** @param onProgress told how many shards are initialised so far, and the same in one line. */
  async initializeShards(
    scope: ColonyScope,
    stored: StoredSpec,
    topology: Topology,
    onProgress: (shards: number, detail: string) => void,
  ): Promise<void> {
    const { rpc, hook, clock } = this.#options;
    const shards = topology.owners.length;
    const cells = `${stored.spec.width} x ${stored.spec.height} cells`;
    const where = `on ${topology.backends.length} backends`;
    await initializeBackends({
      rpc,
      hook,
      clock,
      scope,
      stored,
      topology,
      onProgress: (initialized) =>
        onProgress(
          initialized,
          `initializing ${cells} ${where}: ${initialized} of ${shards} shards are ready`,
        ),
    });
  }

  async #load<T>(what: string, ref: string | undefined, parse: (value: unknown) => T): Promise<T> {
    const value = ref === undefined ? undefined : await this.#options.objects.get(ref);
    try {
      return parse(value);
    } catch (cause) {
      throw new ColonyError('STORE_UNAVAILABLE', `${what} stored under ${ref} is not valid`, {
        cause,
      });
    }
  }
}
