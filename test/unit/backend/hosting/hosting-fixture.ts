import { FenceGuard } from '../../../../services/backend/hosting/fence-guard.ts';
import { Hosting, type HostingOptions } from '../../../../services/backend/hosting/hosting.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import type { Fence } from '../../../../services/protocol/wire/fence.ts';
import type { HeartbeatReply, HeartbeatRequest } from '../../../../services/protocol/wire/rpc.ts';
import { DEFAULT_WORLD_SPEC, ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { noPeers } from '../halos/no-peers.ts';
import { topologyOf } from '../topology-fixture.ts';

/** A world of sixteen shards. */
export const SPEC = { ...DEFAULT_WORLD_SPEC, width: 64, height: 64, shardSize: 16 };
export const STORED = { engineVersion: ENGINE_VERSION, spec: SPEC };
export const COLONY = { colonyInstanceId: 'instance', stored: STORED };

/** By default that of the first colony, leader and topology. */
export const fenceOf = (change: Partial<Fence> = {}): Fence => ({
  generation: 1,
  epoch: 1,
  topologyVersion: 1,
  ...change,
});
export const FENCE = fenceOf();

/** All shards are those of backend 0. */
export const alone = (change: { generation?: number; topologyVersion?: number } = {}) =>
  topologyOf({ owners: Array<number>(16).fill(0), ...change });

/** Half of the shards are those of backend 1, which is not there. */
export const halved = topologyOf({ owners: Array.from({ length: 16 }, (_, s) => (s < 8 ? 0 : 1)) });

/** The hosting of backend 0, called as by a leader. */
export class HostingCalls {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly guard = new FenceGuard();
  readonly hosting: Hosting;
  #grants = 0;

  constructor(options: Partial<HostingOptions> = {}) {
    this.hosting = new Hosting({
      bootId: 'boot-0',
      pid: 7,
      guard: this.guard,
      memoryLimitBytes: 2 ** 30,
      clock: this.clock,
      log: this.log,
      haloTransport: noPeers,
      createEngine: () => new ReferenceEngine(),
      ...options,
    });
  }

  /** Up to shards that are initialised. */
  async initialize(topology = alone()): Promise<void> {
    const { generation, topologyVersion } = topology;
    const fence = fenceOf({ generation, topologyVersion });
    this.hosting.initializeColony(fence, COLONY);
    this.hosting.initializeTopology(fence, topology);
    await this.hosting.initializeShards(fence);
  }

  async start(topology = alone()): Promise<void> {
    await this.initialize(topology);
    const { generation, topologyVersion } = topology;
    this.hosting.startTicking(fenceOf({ generation, topologyVersion }));
  }

  /** Each beat brings a newer grant. */
  beat(request: Partial<HeartbeatRequest> = {}, fence = FENCE): HeartbeatReply {
    const grantNumber = ++this.#grants;
    const usual = { horizon: 0, ticksPerSecond: null, durableThroughTick: -1 };
    const none = { events: [], eventSeq: 0 };
    return this.hosting.heartbeat(fence, { ...usual, ...none, grantNumber, ...request });
  }

  /** Lets it tick to a horizon, where it stands. */
  async runTo(horizon: number, fence = FENCE): Promise<void> {
    this.beat({ horizon }, fence);
    const isThere = () => this.colony?.tick === horizon;
    await this.clock.runUntil(isThere, { limitMs: 60_000, what: `tick ${horizon}` });
    await this.clock.advance(0);
  }

  get colony() {
    return this.hosting.status().colony;
  }

  /** What was told, but for the fields of failures. */
  get told() {
    return this.log.lines.flatMap(({ level, message, fields }) =>
      level === 'info' ? [[message, fields]] : [],
    );
  }
}
