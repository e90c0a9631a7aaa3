import { type Backend, createBackend } from '../../../services/backend/app.ts';
import type { CellPacking } from '../../../services/backend/checkpoints/part-work.ts';
import { createEngine, type KernelName } from '../../../services/kernel/create-engine.ts';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import { RpcClient, type RpcTarget } from '../../../services/platform/rpc/rpc-client.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import type { SnapshotStore } from '../../../services/platform/snapshots/snapshot-store.ts';
import type { TopologyOrigin } from '../../../services/protocol/colony/origin.ts';
import type { Sample } from '../../../services/protocol/colony/sampling.ts';
import type { StoredSpec } from '../../../services/protocol/colony/spec.ts';
import type { Topology } from '../../../services/protocol/layout/topology.ts';
import type { Fence } from '../../../services/protocol/wire/fence.ts';
import type {
  HeartbeatReply,
  RpcMethodName,
  RpcReply,
  RpcRequest,
} from '../../../services/protocol/wire/rpc.ts';
import type { InjectedEvent } from '../../../services/world/events/events.ts';
import { GENESIS } from '../../../services/world/events/origin.ts';
import { addDigests, formatDigest, parseDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { ENGINE_VERSION, type WorldSpec } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { MemoryNetwork } from '../../simulation/network/memory-network.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { inlineCheckpoints } from '../../support/inline-checkpoints.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { originCellsOf, type WorldState } from '../../support/world-states.ts';

export const SECRET = 'a secret of this test';
export const SPEC: WorldSpec = {
  width: 128,
  height: 96,
  shardSize: 32,
  seed: 7,
  rules: DEFAULT_RULES,
  randomEvents: false,
};
/** What backends tick with: the compiled kernel, or what the project of these tests sets. */
export const KERNEL = (process.env['TEST_KERNEL'] ?? 'wasm') as KernelName;

export const INSTANCE = 'instance-1';

const expectedDigests = new Map<string, Map<number, string>>();

/** The digest of the world in one piece, at one tick. */
export function expectedDigest(tick: number, spec: WorldSpec = SPEC): string {
  const key = JSON.stringify(spec);
  let known = expectedDigests.get(key);
  if (known === undefined) {
    known = new Map();
    const world = new SingleWorld(spec);
    for (;;) {
      if (world.tick % 100 === 0) known.set(world.tick, formatDigest(world.digest()));
      if (world.tick === 200) break;
      world.step();
    }
    expectedDigests.set(key, known);
  }
  return known.get(tick)!;
}

/** A call that a leader makes. */
type Ask = <M extends RpcMethodName>(
  method: M,
  request: RpcRequest<M>,
  fence?: Partial<Fence>,
) => Promise<RpcReply<M>>;

export interface Member {
  backend: Backend;
  target: RpcTarget;
  ask: Ask;
  /** Samples of the last reply to each tick. */
  samples: Map<number, Sample>;
}

export interface ClusterOptions {
  backends?: number;
  spec?: WorldSpec;
  ticksPerExchange?: number;
  /** What its topologies start from. @default genesis */
  start?: WorldState;
  /** An origin whose cells are in the snapshot store. */
  origin?: TopologyOrigin;
  /** Where its checkpoints are. @default it has none */
  snapshots?: SnapshotStore;
  /** What ticks. @default KERNEL */
  kernel?: KernelName;
  /** What packs their cells. @default the compiled kernel */
  packing?: CellPacking;
  memoryLimitBytes?: number;
  /** Among which the shards are cut; the calling thread does the work of all. @default 1 */
  threads?: number;
  /** The clock that backends get. */
  clockOf?: (clock: VirtualClock) => Clock;
}

/** Backends on one network in one process, and a leader that does what a test says. */
export class Cluster {
  #grants = 0;
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly log = new MemoryLog();
  readonly members: Member[];
  readonly spec: WorldSpec;
  readonly ticksPerExchange: number;
  readonly #origin: TopologyOrigin;
  readonly client: RpcClient;
  fence: Fence = { generation: 1, epoch: 1, topologyVersion: 1 };
  ticksPerSecond: number | null = null;
  durableThroughTick = -1;
  /** The checkpoint that heartbeats ask for. */
  checkpointTick: number | undefined;
  /** Injected events that heartbeats bring. */
  events: readonly InjectedEvent[] = [];

  constructor(options: ClusterOptions = {}) {
    const { backends = 4, spec = SPEC, ticksPerExchange = 1, memoryLimitBytes = 2 ** 30 } = options;
    const { threads = 1 } = options;
    const clock = options.clockOf?.(this.clock) ?? this.clock;
    this.spec = spec;
    this.ticksPerExchange = ticksPerExchange;
    const { start, snapshots: store, packing, kernel = KERNEL } = options;
    this.#origin = options.origin ?? start?.origin ?? GENESIS;
    this.client = new RpcClient({
      transport: this.network.transportOf('http://leader:1'),
      secret: SECRET,
      selfBootId: 'leader',
    });
    this.members = Array.from({ length: backends }, (_, index) => {
      const bootId = `boot-${index}`;
      const origin = `http://backend-${index}:9000`;
      const memory = new KernelMemory();
      const backend = createBackend({
        bootId,
        id: `b${index}`,
        pid: index,
        clock,
        randomness: new SeededRandomness(index),
        log: this.log.child({ backend: index }),
        rpcSecret: SECRET,
        ownAddresses: [`backend-${index}`],
        transport: this.network.transportOf(origin),
        memoryLimitBytes,
        threads,
        ...(store && inlineCheckpoints({ store, clock, ...(packing && { packing }) })),
        ...(start && { originCells: originCellsOf(start) }),
        createEngine: () => createEngine(kernel, { module: kernelModule, memory }),
      });
      this.network.attach(origin, { fetch: backend.app.fetch, upgrade: backend.upgrade });
      const target = { origin, bootId };
      const ask: Ask = (method, request, fence = {}) =>
        this.client.call(method, target, { ...this.fence, ...fence }, request);
      return { backend, target, ask, samples: new Map() };
    });
  }

  get stored(): StoredSpec {
    return { engineVersion: ENGINE_VERSION, spec: this.spec };
  }

  topology(change: Partial<Topology> = {}): Topology {
    const { width, height, shardSize } = this.spec;
    const shards = (width / shardSize) * (height / shardSize);
    const count = this.members.length;
    return {
      colonyInstanceId: INSTANCE,
      generation: this.fence.generation,
      topologyVersion: this.fence.topologyVersion,
      width,
      height,
      shardSize,
      ticksPerExchange: this.ticksPerExchange,
      origin: this.#origin,
      backends: this.members.map(({ target }, index) => ({
        bootId: target.bootId,
        id: `b${index}`,
        address: target.origin,
      })),
      owners: Array.from({ length: shards }, (_, s) => Math.floor((s * count) / shards)),
      ...change,
    };
  }

  /** Asks all members at once. */
  all<M extends RpcMethodName>(method: M, request: RpcRequest<M>): Promise<RpcReply<M>[]> {
    return Promise.all(this.members.map(({ ask }) => ask(method, request)));
  }

  async initialize(members = this.members): Promise<void> {
    const all = async <M extends RpcMethodName>(method: M, request: RpcRequest<M>) => {
      await Promise.all(members.map(({ ask }) => ask(method, request)));
    };
    await all('initializeColony', { colonyInstanceId: INSTANCE, stored: this.stored });
    await all('initializeTopology', { topology: this.topology() });
    await all('initializeShards', {});
  }

  async start(members = this.members): Promise<void> {
    await this.initialize(members);
    await Promise.all(members.map(({ ask }) => ask('startTicking', {})));
  }

  nextGrantNumber(): number {
    return ++this.#grants;
  }

  /** One heartbeat to every member; its samples are kept. */
  async heartbeat(horizon: number, members = this.members): Promise<HeartbeatReply[]> {
    const { ticksPerSecond, durableThroughTick, checkpointTick, events } = this;
    return Promise.all(
      members.map(async ({ ask, samples }) => {
        const grantNumber = this.nextGrantNumber();
        const grant = { horizon, grantNumber, ticksPerSecond };
        const reply = await ask('heartbeat', {
          ...{ ...grant, durableThroughTick, eventSeq: events.length, events: [...events] },
          ...(checkpointTick !== undefined && { checkpointTick }),
        });
        for (const sample of reply.samples) samples.set(sample.tick, sample);
        return reply;
      }),
    );
  }

  /** Beats like a leader and lets time pass until all stand at a tick. */
  async runTo(tick: number, members = this.members): Promise<void> {
    const areThere = () =>
      members.every((m) => this.tickOf(m) === tick && m.backend.status().state === 'AtHorizon');
    await this.during(tick, members, () =>
      this.clock.runUntil(areThere, { limitMs: 600_000, what: `tick ${tick}` }),
    );
    await this.settle();
    await this.heartbeat(tick, members);
  }

  /** Grants a horizon and lets time pass. */
  async runFor(durationMs: number, horizon: number, members = this.members): Promise<void> {
    await this.during(horizon, members, () => this.clock.advance(durationMs));
  }

  /** Sends heartbeats four times a second while something goes on; one that fails is made up by the next. */
  async during(horizon: number, members: Member[], run: () => Promise<void>): Promise<void> {
    const end = new AbortController();
    const beat = async () => {
      while (!end.signal.aborted) {
        await this.heartbeat(horizon, members).catch(() => undefined);
        await this.clock.sleep(250, end.signal).catch(() => undefined);
      }
    };
    const beating = beat();
    try {
      await run();
    } finally {
      end.abort();
      await Promise.race([beating, this.clock.yieldToIo()]);
    }
  }

  /** Lets all that is under way happen, in no time. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  tickOf({ backend }: Member): number {
    return backend.status().colony?.tick ?? -1;
  }

  /** The world's digest at a tick, from the samples of all members. */
  digestAt(tick: number): string {
    const parts = this.members.flatMap(({ samples }) => samples.get(tick) ?? []);
    const shards = parts.reduce((sum, part) => sum + part.shards, 0);
    if (shards !== this.topology().owners.length) throw new Error(`${shards} shards at ${tick}`);
    return formatDigest(
      parts.reduce((sum, { digest }) => addDigests(sum, parseDigest(digest!)), 0n),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ backend }) => backend.close()));
  }
}
