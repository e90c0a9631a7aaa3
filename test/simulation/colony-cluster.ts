import { type Backend, createBackend } from '../../services/backend/app.ts';
import type { Coordinator } from '../../services/coordinator/coordinator.ts';
import type {
  CoordinatorOptions,
  CoordinatorSettings,
} from '../../services/coordinator/coordinator-options.ts';
import type { StageHook } from '../../services/coordinator/term/stages.ts';
import { createEngine } from '../../services/kernel/create-engine.ts';
import { KernelMemory } from '../../services/kernel/kernel-memory.ts';
import { ColonyRecords } from '../../services/platform/record/colony-records.ts';
import type { RecordStore } from '../../services/platform/record/record-store.ts';
import { RpcClient } from '../../services/platform/rpc/rpc-client.ts';
import type { SnapshotStore } from '../../services/platform/snapshots/snapshot-store.ts';
import type { ColonyView } from '../../services/protocol/api/public-api.ts';
import type { DigestEntry } from '../../services/protocol/colony/sampling.ts';
import { TABLES } from '../../services/protocol/series/tables.ts';
import {
  PROTOCOL_VERSION,
  type RegistryEntry,
} from '../../services/protocol/wire/registry-entry.ts';
import { inlineCheckpoints } from '../support/inline-checkpoints.ts';
import { kernelModule } from '../support/kernel/kernel.ts';
import { assembleCoordinator } from './assemble-coordinator.ts';
import { Life, type PointHook } from './life.ts';
import { MemoryLog } from './memory-log.ts';
import { MemoryNetwork } from './network/memory-network.ts';
import { SeededRandomness } from './seeded-randomness.ts';
import { slowEngine } from './slow-engine.ts';
import { SMALL_WORLD } from './small-world.ts';
import { MemoryDigestLog } from './stores/memory-digest-log.ts';
import { MemoryEventLog } from './stores/memory-event-log.ts';
import { MemoryObjectStore } from './stores/memory-object-store.ts';
import { MemoryRecordStore } from './stores/memory-record-store.ts';
import { MemoryRegistry } from './stores/memory-registry.ts';
import { MemorySeriesLog } from './stores/memory-series-log.ts';
import { MemorySnapshotStore } from './stores/memory-snapshot-store.ts';
import { VirtualClock } from './virtual-clock.ts';

export const TEST_SECRET = 'a secret of this test';

const SETTINGS: CoordinatorSettings = {
  colonyName: 'test',
  defaultSpec: SMALL_WORLD,
  ticksPerSecond: 100,
  ticksPerExchange: 1,
  minBackends: 1,
  beatIntervalMs: 2_000,
  leaseMs: 8_000,
  recordPollMs: 250,
  heartbeatIntervalMs: 250,
  startTimeoutMs: 60_000,
  suspectMs: 8_000,
  replacementWaitMs: 3_000,
  rebalanceAfterSeconds: 10,
  checkpointIntervalSeconds: 10,
  checkpointMinTicks: 100,
  checkpointBudgetBytes: 100_000_000,
  pictureIntervalSeconds: 0,
};

export interface CoordinatorMember {
  coordinator: Coordinator;
  origin: string;
  entry: RegistryEntry;
  log: MemoryLog;
  /** As by kill -9. */
  kill(): void;
  /** As SIGTERM does. */
  stop(): void;
  /** Asks its public HTTP API. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface BackendMember {
  backend: Backend;
  origin: string;
  entry: RegistryEntry;
  kill(): void;
}

/** What a call between processes is called. */
const rpcName = (path: string): string => path.replace('/rpc/', '');
const callName = (_method: string, [request]: readonly unknown[]): string =>
  rpcName((request as { path?: string } | undefined)?.path ?? '');

/** Real coordinators and backends in one process, over a network in memory and a virtual clock. */
export class ColonyCluster {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly store = new MemoryRecordStore();
  readonly objects = new MemoryObjectStore();
  readonly digests = new MemoryDigestLog();
  readonly events = new MemoryEventLog();
  /** The rows of each table. */
  readonly series = new Map(TABLES.map(({ name }) => [name as string, new MemorySeriesLog()]));
  readonly log = new MemoryLog();
  readonly registry = new MemoryRegistry();
  /** Of the checkpoints: all backends write there, in no virtual time. */
  readonly snapshots = new MemorySnapshotStore(() => Date.parse(this.clock.wallTime()));
  readonly randomness = new SeededRandomness(1);
  readonly #stop = new AbortController();
  readonly #coordinators: {
    origin: string;
    isDead: () => boolean;
    fetch: (request: Request) => Response | Promise<Response>;
  }[] = [];
  #processes = 0;

  /** @param settings what differs from the defaults */
  readonly settings: CoordinatorSettings;

  constructor(settings: Partial<CoordinatorSettings> = {}) {
    this.settings = { ...SETTINGS, ...settings };
  }

  #entry(id: string, address: string, port: number): RegistryEntry {
    return {
      id,
      bootId: this.randomness.uuid(),
      address,
      rpcPort: port,
      httpPort: port,
      startedAt: this.clock.wallTime(),
      version: '0.0.0-test',
      protocolVersion: PROTOCOL_VERSION,
    };
  }

  /**
   * @param options.tickMs how long its ticks take; without it no time.
   * @param options.snapshots where its checkpoints are. @default those of the cluster
   * @param options.onPoint sees all its calls, and those to it.
   */
  async addBackend({
    tickMs = 0,
    snapshots = this.snapshots,
    onPoint,
  }: {
    tickMs?: number;
    snapshots?: SnapshotStore;
    onPoint?: PointHook;
  } = {}): Promise<BackendMember> {
    const number = ++this.#processes;
    const entry = this.#entry(`backend-${number}`, `10.0.${number >> 8}.${number & 255}`, 9000);
    const origin = `http://${entry.address}:9000`;
    const life = new Life(onPoint);
    const clock = life.guard('clock', this.clock);
    const cellsClock = life.guard('cells', this.clock);
    const memory = new KernelMemory();
    const backend = createBackend({
      bootId: entry.bootId,
      id: entry.id,
      pid: number,
      clock,
      randomness: this.randomness,
      log: this.log.child({ backend: entry.id }),
      rpcSecret: TEST_SECRET,
      ownAddresses: [entry.address],
      transport: life.guard('calls', this.network.transportOf(origin), callName),
      memoryLimitBytes: 2 ** 30,
      ...inlineCheckpoints({
        store: life.guard('snapshots', snapshots),
        clock: cellsClock,
        colonyName: this.settings.colonyName,
      }),
      createEngine: () => {
        const engine = createEngine('wasm', { module: kernelModule, memory });
        return tickMs > 0 ? slowEngine(engine, this.clock, tickMs) : engine;
      },
    });
    const fetch = async (request: Request) => {
      const name = rpcName(new URL(request.url).pathname);
      life.passes(`before:answers.${name}`);
      const answer = await backend.app.fetch(request);
      life.passes(`after:answers.${name}`);
      return answer;
    };
    this.network.attach(origin, { fetch, upgrade: backend.upgrade });
    await this.registry.put('backends', entry);
    const kill = () => {
      life.end();
      this.network.detach(origin);
    };
    return { backend, origin, entry, kill };
  }

  async addCoordinator(
    options: {
      hook?: StageHook;
      /** Sees all its calls. */
      onPoint?: PointHook;
      store?: RecordStore;
      settings?: Partial<CoordinatorSettings>;
    } & Partial<
      Pick<CoordinatorOptions, 'capacity' | 'metrics' | 'entryProblem' | 'snapshots'>
    > = {},
  ): Promise<CoordinatorMember> {
    const number = ++this.#processes;
    const entry = this.#entry(`coordinator-${number}`, `10.0.${number >> 8}.${number & 255}`, 8083);
    const origin = `http://${entry.address}:8083`;
    const life = new Life(options.onPoint);
    const alive = new AbortController();
    const log = new MemoryLog();
    const rpc = new RpcClient({
      transport: life.guard('calls', this.network.transportOf(origin), callName),
      secret: TEST_SECRET,
      selfBootId: entry.bootId,
    });
    const { coordinator, app } = assembleCoordinator({
      snapshots: life.guard('snapshots', this.snapshots),
      ...options,
      settings: { ...this.settings, ...options.settings },
      entry,
      address: origin,
      store: new ColonyRecords({
        store: life.guard('record', options.store ?? this.store),
        clock: this.clock,
        randomness: this.randomness,
      }),
      objects: life.guard('objects', this.objects),
      digests: life.guard('digests', this.digests),
      events: life.guard('events', this.events),
      series: (table) => life.guard(table, this.series.get(table)!),
      registry: life.guard('registry', this.registry),
      rpc,
      clock: this.clock,
      randomness: this.randomness,
      log,
      forward: (request) => this.#forward(request),
    });
    this.#coordinators.push({ origin, isDead: () => life.isDead, fetch: app.fetch });
    await this.registry.put('coordinators', entry);
    void coordinator.run(AbortSignal.any([this.#stop.signal, alive.signal]));
    const kill = () => {
      life.end();
      alive.abort();
    };
    const request = async (path: string, init?: RequestInit) => app.request(origin + path, init);
    const stop = () => alive.abort();
    return { coordinator, origin, entry, log, kill, stop, request };
  }

  /** How one coordinator forwards to another. */
  async #forward(request: Request): Promise<Response> {
    const { origin } = new URL(request.url);
    const leader = this.#coordinators.find((member) => member.origin === origin);
    if (leader === undefined || leader.isDead()) throw new Error(`${origin}: connection refused`);
    return leader.fetch(request);
  }

  /** Lets virtual time go on while a promise is pending. */
  async during<T>(promise: Promise<T>, limitMs = 120_000): Promise<T> {
    let settled = false;
    const done = promise.finally(() => {
      settled = true;
    });
    done.catch(() => {});
    await this.clock.runUntil(() => settled, { limitMs, what: 'the promise to settle' });
    return done;
  }

  async until(condition: () => boolean | Promise<boolean>, what: string, limitMs = 120_000) {
    await this.clock.runUntil(condition, { limitMs, what });
  }

  async view(member: CoordinatorMember): Promise<ColonyView> {
    const answer = await member.request('/colony');
    return (await answer.json()) as ColonyView;
  }

  /** Runs until the digest of a tick is stored, and answers all digests stored by then. */
  async untilDigest(tick: number, limitMs = 600_000): Promise<DigestEntry[]> {
    const list = async () => {
      const { colonyInstanceId } = await this.store.read();
      return colonyInstanceId === undefined ? [] : this.digests.list(colonyInstanceId);
    };
    await this.until(
      async () => (await list()).some((entry) => entry.tick >= tick),
      `the digest of tick ${tick}`,
      limitMs,
    );
    return list();
  }

  /** Stops everything, so that nothing of it runs on. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(60_000);
  }
}
