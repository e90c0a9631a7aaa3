import type { CheckpointArchive } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { FreshRecord } from '../../../../services/coordinator/term/fresh-record.ts';
import type { ClusterWatch } from '../../../../services/coordinator/watching/cluster/cluster-watch.ts';
import {
  ColonyReader,
  type ColonyReaderOptions,
} from '../../../../services/coordinator/watching/colony-reader.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import { createPicture } from '../../../../services/protocol/wire/picture-codec.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  hex,
  STORED,
  startedRecord,
  topologyOf,
} from '../fixtures.ts';

export const RECT = { x: 0, y: 0, width: 4, height: 4, scale: 1 };
export const FENCE = { generation: 1, epoch: 1, topologyVersion: 2 };

/** What a reader reads: the record in the store, what its coordinator knows of it, and what that drives. */
export class ReaderRig {
  /** The leader's own knowledge. */
  known = startedRecord({ specRef: 'spec#1', horizon: 200 });
  /** What the store has. */
  stored: ColonyRecord = { ...this.known, revision: this.known.revision + 1, horizon: 400 };
  reads = 0;
  readonly specsLoaded: (string | undefined)[] = [];
  leads = true;
  driving: ColonyReaderOptions['driver']['driving'];
  topology: Topology | undefined = topologyOf(2);
  digests = new MemoryDigestLog();
  archive: CheckpointArchive | undefined;
  readonly events = new MemoryEventLog();
  history: ReturnType<ClusterWatch['history']>;
  calls: FakeCall[] = [];
  context = contextOf(this.known);

  drive(): void {
    this.driving = {
      stored: STORED,
      scope: { fence: () => FENCE },
      ticker: {
        topology: topologyOf(1, { topologyVersion: 2 }),
        backends: [],
        tick: 130,
        maxTick: 130,
        replay: undefined,
        achievedTicksPerSecond: 58,
      },
      digests: { last: { tick: 120, digest: hex(2) } },
      statistics: { latest: { tick: 120, values: EMPTY_STATISTICS } },
      checkpointer: undefined,
      moves: undefined,
    };
  }

  readerOf(): ColonyReader {
    const clock = new VirtualClock();
    const rig = this;
    const { digests, events, archive } = this;
    this.context = contextOf(this.known);
    const { context } = this;
    const fake = fakeRpc(clock, () =>
      createPicture({ layer: 'age', ...RECT, minTick: 7, maxTick: 7 }),
    );
    this.calls = fake.calls;
    const store = {
      read: async () => {
        this.reads++;
        return this.stored;
      },
    };
    return new ColonyReader({
      colonyName: 'test',
      configuredBackends: 4,
      defaultSpec: STORED.spec,
      record: new FreshRecord({ store, context, clock, onNews: () => {} }),
      digests,
      events,
      archive,
      registry: new MemoryRegistry(),
      rpc: fake.rpc,
      clock,
      log: new MemoryLog(),
      context,
      layout: {
        loadSpec: async ({ specRef }) => {
          this.specsLoaded.push(specRef);
          return STORED;
        },
        loadTopology: async () => this.topology,
      },
      driver: {
        state: { phase: 'Waiting', idleBackends: [] },
        recoveringSinceMs: undefined,
        get driving() {
          return rig.driving;
        },
      },
      memory: {
        watch: {
          ...{ ratesOf: () => undefined, restartsOf: () => 0 },
          history: () => this.history,
        },
        troubles: { of: () => undefined },
      },
      leads: () => this.leads,
    });
  }
}
