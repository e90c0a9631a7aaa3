import { beforeEach, describe, expect, test } from 'vitest';
import { PICTURES_AT_ONCE } from '../../../../services/coordinator/watching/reading/picture-queue.ts';
import { readPictureHeader } from '../../../../services/protocol/wire/picture-codec.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { eventOfSequence } from '../../../support/contracts/event-log-contract.ts';
import { hex, recordOf, STORED, topologyOf } from '../fixtures.ts';
import { FENCE, RECT, ReaderRig } from './colony-reader-fixture.ts';

let rig: ReaderRig;
beforeEach(() => {
  rig = new ReaderRig();
});

describe('the reader of a colony', () => {
  describe('views a colony', () => {
    test('that it drives by its driver and the record as it is now', async () => {
      rig.drive();
      expect(await rig.readerOf().view()).toMatchObject({
        horizon: 400,
        tick: 130,
        spec: STORED.spec,
        lastDigest: { tick: 120 },
      });
      expect([rig.reads, rig.specsLoaded]).toEqual([1, []]);
    });

    test('that another coordinator leads by the store, and by nothing of its own driver', async () => {
      rig.drive();
      rig.leads = false;
      await rig.digests.append('instance-1', { tick: 100, digest: hex(1) });
      expect(await rig.readerOf().view()).toMatchObject({
        horizon: 400,
        tick: null,
        spec: STORED.spec,
        lastDigest: { tick: 100, digest: hex(1) },
      });
      expect(rig.context.storedInfo().horizon).toBe(400);
    });

    test('that it leads and does not drive yet with the digest that is stored', async () => {
      await rig.digests.append('instance-1', { tick: 100, digest: hex(1) });
      expect((await rig.readerOf().view()).lastDigest).toEqual({ tick: 100, digest: hex(1) });
    });

    test('that is not there without spec and digest', async () => {
      rig.leads = false;
      rig.stored = recordOf({ generation: 3, revision: 99 });
      const { spec, lastDigest } = await rig.readerOf().view();
      expect([spec, lastDigest]).toEqual([null, null]);
      expect(rig.specsLoaded).toEqual([]);
    });

    test('and loads its spec once', async () => {
      rig.leads = false;
      const reader = rig.readerOf();
      await reader.view();
      await reader.view();
      expect(rig.specsLoaded).toEqual(['spec#1']);
      rig.stored = { ...rig.stored, revision: 12, specRef: 'spec#2' };
      await reader.view();
      expect(rig.specsLoaded).toEqual(['spec#1', 'spec#2']);
    });
  });

  describe('shows the topology', () => {
    test('that is stored, with the shards of each backend, and nothing internal', async () => {
      const shown = await rig.readerOf().topology();
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
      expect(rig.reads).toBe(1);
    });

    test('as in progress during a start', async () => {
      rig.stored = { ...rig.stored, status: 'Initializing' };
      expect(await rig.readerOf().topology()).toEqual({ status: 'in-progress' });
    });

    test.each([
      ['no colony is there', () => (rig.stored = recordOf({ generation: 3, revision: 99 }))],
      ['it was never pointed at one', () => (rig.topology = undefined)],
    ])('not when %s', async (_when, arrange) => {
      arrange();
      await expect(rig.readerOf().topology()).rejects.toMatchObject({ code: 'TOPOLOGY_NOT_FOUND' });
    });
  });

  describe('lists digests', () => {
    beforeEach(async () => {
      for (const tick of [0, 100, 200]) {
        await rig.digests.append('instance-1', { tick, digest: hex(tick) });
      }
    });

    test('from a tick on, as many as are asked for', async () => {
      const list = await rig.readerOf().digests({ from: 100, limit: 1 });
      expect(list).toEqual([{ tick: 100, digest: hex(100) }]);
    });

    test.each([
      [1, [200]],
      [2, [200, 100]],
      [30, [200, 100, 0]],
    ])('the newest %i, newest first, without a tick', async (limit, ticks) => {
      const list = await rig.readerOf().digests({ limit });
      expect(list).toEqual(ticks.map((tick) => ({ tick, digest: hex(tick) })));
    });

    test('of a colony that has none yet: none', async () => {
      rig.digests = new MemoryDigestLog();
      expect(await rig.readerOf().digests({ limit: 30 })).toEqual([]);
    });

    test('of no colony: none', async () => {
      rig.stored = recordOf({ generation: 3, revision: 99 });
      expect(await rig.readerOf().digests({ from: 0, limit: 30 })).toEqual([]);
      expect(await rig.readerOf().digests({ limit: 30 })).toEqual([]);
    });
  });

  describe('lists events', () => {
    beforeEach(async () => {
      await rig.events.append('instance-1', eventOfSequence(1));
      rig.known = { ...rig.known, eventSeq: 1, eventHead: 1, horizon: 1_000_000 };
      rig.stored = { ...rig.known, revision: rig.known.revision + 1 };
    });

    test('that are in the log and those in the record, as it is now', async () => {
      const { keyHash, bodyHash, event } = eventOfSequence(2);
      const pending = { sequence: 2, tick: 999_999, keyHash, bodyHash, event };
      rig.stored = { ...rig.stored, eventSeq: 2, pendingEvents: [pending] };
      rig.drive();
      expect(await rig.readerOf().events({ limit: 10 })).toMatchObject([
        { sequence: 1 },
        { sequence: 2 },
      ]);
    });

    test('of one that is not started: none', async () => {
      rig.stored = { ...rig.stored, status: 'Initializing' };
      expect(await rig.readerOf().events({ limit: 10 })).toEqual([]);
    });
  });

  describe('draws a picture', () => {
    test('under the fence of the topology that ticks', async () => {
      rig.drive();
      const { picture } = await rig.readerOf().world.picture('age', RECT);
      expect(readPictureHeader(picture)).toMatchObject({ layer: 'age', minTick: 7, ...RECT });
      expect(rig.calls).toMatchObject([{ method: 'readPicture', bootId: 'boot-0', fence: FENCE }]);
    });

    test('once for those who wait for the same, and apart for any other', async () => {
      rig.drive();
      const reader = rig.readerOf();
      const atOnce = Array.from({ length: PICTURES_AT_ONCE }, () =>
        reader.world.picture('age', RECT),
      );
      const others = [
        reader.world.picture('food', RECT),
        ...Object.keys(RECT).map((field) => reader.world.picture('age', { ...RECT, [field]: 2 })),
      ];
      const same = [reader.world.picture('age', RECT), reader.world.picture('age', RECT)];
      const [first, second] = await Promise.all(same);
      expect(first).toBe(second);
      await Promise.allSettled([...atOnce, ...others]);
      expect(rig.calls).toHaveLength(atOnce.length + others.length + 1);
    });

    test('of a started colony only while it is driven', async () => {
      await expect(rig.readerOf().world.picture('age', RECT)).rejects.toMatchObject({
        code: 'NO_LEADER',
      });
    });

    test('of no colony: there is nothing to draw', async () => {
      rig.known = recordOf({ generation: 3 });
      await expect(rig.readerOf().world.picture('age', RECT)).rejects.toMatchObject({
        code: 'COLONY_NOT_STARTED',
      });
    });
  });
});
