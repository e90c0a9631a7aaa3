import { beforeEach, describe, expect, test } from 'vitest';
import { CheckpointArchive } from '../../../../services/coordinator/checkpoints/checkpoint-archive.ts';
import { FreshRecord } from '../../../../services/coordinator/term/fresh-record.ts';
import {
  ColonyReader,
  type ColonyReaderOptions,
} from '../../../../services/coordinator/watching/colony-reader.ts';
import { PICTURES_AT_ONCE } from '../../../../services/coordinator/watching/picture-queue.ts';
import {
  type CheckpointPointer,
  manifestKey,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import {
  createPicture,
  readPictureHeader,
} from '../../../../services/protocol/wire/picture-codec.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryRegistry } from '../../../simulation/stores/memory-registry.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { eventOfSequence } from '../../../support/contracts/event-log-contract.ts';
import { AT, DIGEST, keptAt, manifestAt, storeAway } from '../checkpoints/checkpoint-fixture.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  hex,
  recordOf,
  STORED,
  startedRecord,
  topologyOf,
} from '../fixtures.ts';

const RECT = { x: 0, y: 0, width: 4, height: 4, scale: 1 };
const FENCE = { generation: 1, epoch: 1, topologyVersion: 2 };

describe('the reader of a colony', () => {
  /** What the store has. The leader's own knowledge is of `known`. */
  let stored: ColonyRecord;
  let known: ColonyRecord;
  let reads: number;
  let specsLoaded: (string | undefined)[];
  let leads: boolean;
  let driving: ColonyReaderOptions['driver']['driving'];
  let topology: Topology | undefined;
  let digests: MemoryDigestLog;
  let archive: CheckpointArchive | undefined;
  let events: MemoryEventLog;
  let calls: FakeCall[];
  let context: ReturnType<typeof contextOf>;

  const drive = () => {
    driving = {
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
  };

  const readerOf = () => {
    const clock = new VirtualClock();
    context = contextOf(known);
    const fake = fakeRpc(clock, () =>
      createPicture({ layer: 'age', ...RECT, minTick: 7, maxTick: 7 }),
    );
    calls = fake.calls;
    const store = {
      read: async () => {
        reads++;
        return stored;
      },
    };
    return new ColonyReader({
      colonyName: 'test',
      configuredBackends: 4,
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
          specsLoaded.push(specRef);
          return STORED;
        },
        loadTopology: async () => topology,
      },
      driver: {
        state: { phase: 'Waiting', idleBackends: [] },
        get driving() {
          return driving;
        },
      },
      leads: () => leads,
    });
  };

  beforeEach(() => {
    known = startedRecord({ specRef: 'spec#1', horizon: 200 });
    stored = { ...known, revision: known.revision + 1, horizon: 400 };
    reads = 0;
    specsLoaded = [];
    leads = true;
    driving = undefined;
    topology = topologyOf(2);
    digests = new MemoryDigestLog();
    archive = undefined;
    events = new MemoryEventLog();
  });

  describe('views a colony', () => {
    test('that it drives by its driver and the record as it is now', async () => {
      drive();
      expect(await readerOf().view()).toMatchObject({
        horizon: 400,
        tick: 130,
        spec: STORED.spec,
        lastDigest: { tick: 120 },
      });
      expect([reads, specsLoaded]).toEqual([1, []]);
    });

    test('that another coordinator leads by the store, and by nothing of its own driver', async () => {
      drive();
      leads = false;
      await digests.append('instance-1', { tick: 100, digest: hex(1) });
      expect(await readerOf().view()).toMatchObject({
        horizon: 400,
        tick: null,
        spec: STORED.spec,
        lastDigest: { tick: 100, digest: hex(1) },
      });
      expect(context.storedInfo().horizon).toBe(400);
    });

    test('that it leads and does not drive yet with the digest that is stored', async () => {
      await digests.append('instance-1', { tick: 100, digest: hex(1) });
      expect((await readerOf().view()).lastDigest).toEqual({ tick: 100, digest: hex(1) });
    });

    test('that is not there without spec and digest', async () => {
      leads = false;
      stored = recordOf({ generation: 3, revision: 99 });
      const { spec, lastDigest } = await readerOf().view();
      expect([spec, lastDigest]).toEqual([null, null]);
      expect(specsLoaded).toEqual([]);
    });

    test('and loads its spec once', async () => {
      leads = false;
      const reader = readerOf();
      await reader.view();
      await reader.view();
      expect(specsLoaded).toEqual(['spec#1']);
      stored = { ...stored, revision: 12, specRef: 'spec#2' };
      await reader.view();
      expect(specsLoaded).toEqual(['spec#1', 'spec#2']);
    });
  });

  describe('shows the topology', () => {
    test('that is stored, with the shards of each backend, and nothing internal', async () => {
      const shown = await readerOf().topology();
      expect(shown).toEqual({
        status: 'initialized',
        colonyInstanceId: 'instance-1',
        generation: 1,
        topologyVersion: 1,
        width: 64,
        height: 32,
        shardSize: 16,
        ticksPerExchange: topologyOf(2).ticksPerExchange,
        backends: [
          { bootId: 'boot-0', id: 'b0', address: 'http://b0:9000', shards: [0, 1, 2, 3] },
          { bootId: 'boot-1', id: 'b1', address: 'http://b1:9000', shards: [4, 5, 6, 7] },
        ],
      });
      expect(reads).toBe(1);
    });

    test('as in progress during a start', async () => {
      stored = { ...stored, status: 'Initializing' };
      expect(await readerOf().topology()).toEqual({ status: 'in-progress' });
    });

    test.each([
      ['no colony is there', () => (stored = recordOf({ generation: 3, revision: 99 }))],
      ['it was never pointed at one', () => (topology = undefined)],
    ])('not when %s', async (_when, arrange) => {
      arrange();
      await expect(readerOf().topology()).rejects.toMatchObject({ code: 'TOPOLOGY_NOT_FOUND' });
    });
  });

  describe('lists digests', () => {
    beforeEach(async () => {
      for (const tick of [0, 100, 200]) {
        await digests.append('instance-1', { tick, digest: hex(tick) });
      }
    });

    test('from a tick on, as many as are asked for', async () => {
      const list = await readerOf().digests({ from: 100, limit: 1 });
      expect(list).toEqual([{ tick: 100, digest: hex(100) }]);
    });

    test.each([
      [1, [200]],
      [2, [200, 100]],
      [30, [200, 100, 0]],
    ])('the newest %i, newest first, without a tick', async (limit, ticks) => {
      const list = await readerOf().digests({ limit });
      expect(list).toEqual(ticks.map((tick) => ({ tick, digest: hex(tick) })));
    });

    test('of a colony that has none yet: none', async () => {
      digests = new MemoryDigestLog();
      expect(await readerOf().digests({ limit: 30 })).toEqual([]);
    });

    test('of no colony: none', async () => {
      stored = recordOf({ generation: 3, revision: 99 });
      expect(await readerOf().digests({ from: 0, limit: 30 })).toEqual([]);
      expect(await readerOf().digests({ limit: 30 })).toEqual([]);
    });
  });

  describe('lists checkpoints', () => {
    const snapshots = new MemorySnapshotStore(() => 0);
    let pointers: CheckpointPointer[];
    const manifest = (tick: number) => {
      const pointer = pointers.find((one) => one.tick === tick)!;
      return { key: manifestKey('test', 'instance-1', pointer), sha256: pointer.sha256 };
    };
    beforeEach(async () => {
      archive = new CheckpointArchive({
        ...{ colonyName: 'test', snapshots, digests, log: new MemoryLog() },
        clock: new VirtualClock(),
      });
      const kept = [keptAt(100), keptAt(200, { sizeBytes: 7 })];
      const { pointer } = await archive.put(
        manifestAt(300, { colonyInstanceId: 'instance-1', kept }),
      );
      pointers = [...kept, pointer];
      stored = { ...stored, checkpoint: pointer };
    });

    test('that are kept, newest first, with what finds their manifests, and nothing internal', async () => {
      expect(await readerOf().checkpoints()).toEqual([
        { tick: 300, at: AT, sizeBytes: 200, digest: DIGEST, manifest: manifest(300) },
        { tick: 200, at: AT, sizeBytes: 7, digest: DIGEST, manifest: manifest(200) },
        { tick: 100, at: AT, sizeBytes: 200, digest: DIGEST, manifest: manifest(100) },
      ]);
      expect(reads).toBe(1);
    });

    test('of a colony that has none yet: none', async () => {
      stored = { ...stored, checkpoint: undefined };
      expect(await readerOf().checkpoints()).toEqual([]);
    });

    test('of no colony: none', async () => {
      stored = recordOf({ generation: 3, revision: 99 });
      expect(await readerOf().checkpoints()).toEqual([]);
    });

    test('of a coordinator that takes none: none', async () => {
      archive = undefined;
      expect(await readerOf().checkpoints()).toEqual([]);
    });

    test('not while the store is away', async () => {
      archive!.newest = async () => {
        throw storeAway();
      };
      await expect(readerOf().checkpoints()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
  });

  describe('lists events', () => {
    beforeEach(async () => {
      await events.append('instance-1', eventOfSequence(1));
      known = { ...known, eventSeq: 1, eventHead: 1, horizon: 1_000_000 };
      stored = { ...known, revision: known.revision + 1 };
    });

    test('that are in the log and those in the record, as it is now', async () => {
      const { keyHash, bodyHash, event } = eventOfSequence(2);
      const pending = { sequence: 2, tick: 999_999, keyHash, bodyHash, event };
      stored = { ...stored, eventSeq: 2, pendingEvents: [pending] };
      drive();
      expect(await readerOf().events({ limit: 10 })).toMatchObject([
        { sequence: 1 },
        { sequence: 2 },
      ]);
    });

    test('of one that is not started: none', async () => {
      stored = { ...stored, status: 'Initializing' };
      expect(await readerOf().events({ limit: 10 })).toEqual([]);
    });
  });

  describe('draws a picture', () => {
    test('under the fence of the topology that ticks', async () => {
      drive();
      const { picture } = await readerOf().picture('age', RECT);
      expect(readPictureHeader(picture)).toMatchObject({ layer: 'age', minTick: 7, ...RECT });
      expect(calls).toMatchObject([{ method: 'readPicture', bootId: 'boot-0', fence: FENCE }]);
    });

    test('once for those who wait for the same, and apart for any other', async () => {
      drive();
      const reader = readerOf();
      const atOnce = Array.from({ length: PICTURES_AT_ONCE }, () => reader.picture('age', RECT));
      const others = [
        reader.picture('food', RECT),
        ...Object.keys(RECT).map((field) => reader.picture('age', { ...RECT, [field]: 2 })),
      ];
      const same = [reader.picture('age', RECT), reader.picture('age', RECT)];
      const [first, second] = await Promise.all(same);
      expect(first).toBe(second);
      await Promise.allSettled([...atOnce, ...others]);
      expect(calls).toHaveLength(atOnce.length + others.length + 1);
    });

    test('of a started colony only while it is driven', async () => {
      await expect(readerOf().picture('age', RECT)).rejects.toMatchObject({ code: 'NO_LEADER' });
    });

    test('of no colony: there is nothing to draw', async () => {
      known = recordOf({ generation: 3 });
      await expect(readerOf().picture('age', RECT)).rejects.toMatchObject({
        code: 'COLONY_NOT_STARTED',
      });
    });
  });
});
