import type { CheckpointArchive } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { Driver } from '../../../../services/coordinator/driver/driver.ts';
import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import { tableStores } from '../../../../services/coordinator/series/table-stores.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/term/stages.ts';
import { Troubles } from '../../../../services/coordinator/troubles/troubles.ts';
import type { StoredSpec } from '../../../../services/protocol/colony/spec.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { MemorySeriesLog } from '../../../simulation/stores/memory-series-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { LEADER, termOf } from '../../../support/colony-records.ts';
import {
  CHECKPOINT_SETTINGS,
  contextOf,
  type FakeCall,
  fakeRpc,
  liveBackend,
  NO_TASKS,
  STORED,
  statusOf,
  topologyOf,
} from '../fixtures.ts';

/** A driver whose collaborators do as they are told, over a record in memory. */
export class DriverRig {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly store = new MemoryRecords();
  readonly digests = new MemoryDigestLog();
  readonly events = new MemoryEventLog();
  readonly tables = tableStores({ colonyName: 'test', series: () => new MemorySeriesLog() });
  /** What the driver asked others to do, in order. */
  readonly done: string[] = [];
  readonly troubles = new Troubles(this.clock);
  /** Why the shards went to other backends. */
  readonly recoveries: string[] = [];
  stored: StoredSpec = STORED;
  topology: Topology | undefined = topologyOf(2);
  allHold = true;
  /** undefined: no checkpoints are taken. */
  archive: CheckpointArchive | undefined;
  loadSpec = async (): Promise<StoredSpec> => this.stored;
  idle: LiveBackend[] = [liveBackend(0)];
  answer = ({ method, bootId, fence }: FakeCall): unknown => {
    if (method === 'startTicking') return { result: 'Ok' };
    const { topologyVersion } = fence;
    return { status: statusOf(Number(bootId.slice(-1)), { topologyVersion }), samples: [] };
  };
  calls: FakeCall[] = [];
  #context: CoordinatorContext | undefined;
  #term: LeaderTerm | undefined;
  #driver: Driver | undefined;

  get driver(): Driver {
    return defined(this.#driver);
  }

  get context(): CoordinatorContext {
    return defined(this.#context);
  }

  get term(): LeaderTerm {
    return defined(this.#term);
  }

  /** Lets the driver work on the record as it stands. */
  async drive(): Promise<void> {
    const { clock, log, store, digests, events, done } = this;
    const context = contextOf(await store.read());
    const term = new LeaderTerm({
      ...{ leaderId: LEADER.id, epoch: 1, clock },
      ...{ leaseMs: 3_600_000, sentMs: 0 },
    });
    const layout = {
      loadSpec: () => this.loadSpec(),
      loadTopology: async () => this.topology,
      discover: async () => this.idle,
    };
    const starter = {
      async start() {
        done.push('start');
        await store.setTopology(termOf(await store.read()), 'topology#1', 1);
        await store.complete(termOf(await store.read()), 60);
      },
    };
    const recovery = {
      allHold: async () => {
        done.push('allHold');
        return this.allHold;
      },
      isUnfit: () => false,
      async recover(_scope: ColonyScope, _stored: StoredSpec, wantedBackends: number | 'any') {
        done.push(`recover ${wantedBackends}`);
        const record = await store.read();
        const topologyVersion = record.topologyVersion + 1;
        await store.setTopology(termOf(record), `topology#${topologyVersion}`, topologyVersion);
        return topologyOf(2, { topologyVersion });
      },
    };
    const fake = fakeRpc(clock, (call) => this.answer(call));
    this.calls = fake.calls;
    const randomness = new SeededRandomness(1);
    const { tables } = this;
    const { troubles } = this;
    const ports = {
      troubles,
      store,
      digests,
      events,
      tables,
      rpc: fake.rpc,
      context,
      clock,
      randomness,
      log,
    };
    const times = { heartbeatIntervalMs: 250, beatIntervalMs: 2_000 };
    const { archive } = this;
    const settings = { archive, rebalanceAfterSeconds: 10, ...CHECKPOINT_SETTINGS };
    const hook = NO_STAGE_HOOK;
    const driver = new Driver({
      ...{ ...ports, ...times, ...settings, layout, starter, recovery, hook },
      count: (name, labels) => {
        if (name === 'colony_recoveries_total' && 'reason' in labels) {
          this.recoveries.push(labels.reason);
        }
      },
      ticker: { ...ports, ...times, hook, suspectMs: 8_000, tasks: NO_TASKS },
    });
    this.#context = context;
    this.#term = term;
    this.#driver = driver;
    void driver.run(term);
    await clock.advance(0);
  }

  /** As when the leader has looked at the record. */
  async look(): Promise<void> {
    this.context.initializeWithStoredInfo(await this.store.read());
    this.driver.recordChanged();
    await this.clock.advance(0);
  }

  async end(): Promise<void> {
    this.#term?.end();
    await this.clock.advance(120_000);
  }
}

function defined<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('nothing is driven yet');
  return part;
}
