import { describe, expect, test } from 'vitest';
import type { ColonyRecords } from '../../../services/platform/record/colony-records.ts';
import {
  claimOf,
  initializing,
  LEADER,
  OTHER,
  refusesWithRecord,
  started,
} from '../colony-records.ts';

/** Who leads, and how long. */
export function recordLeadershipContract(create: () => Promise<ColonyRecords>): void {
  describe('leadership', () => {
    test('is taken once by many that saw no leader', async () => {
      const store = await create();
      const results = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          store.takeLeadership(undefined, { ...LEADER, id: `c${i}` }),
        ),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect((await store.read()).leader).toMatchObject({ epoch: 1, beat: 0 });
    });

    test('is not taken from a leader that has beaten since it was seen', async () => {
      const store = await create();
      const { record } = await store.takeLeadership(undefined, LEADER);
      await store.beat({ id: 'c1', epoch: 1 });
      await refusesWithRecord(store, () => store.takeLeadership(record.leader, OTHER));
    });

    test('changes with a higher epoch; the former leader beats no more', async () => {
      const store = await create();
      const { record } = await store.takeLeadership(undefined, LEADER);
      const taken = await store.takeLeadership(record.leader, OTHER);
      expect(taken.record.leader).toEqual({ ...OTHER, epoch: 2, beat: 0 });
      await refusesWithRecord(store, () => store.beat({ id: 'c1', epoch: 1 }));
      await refusesWithRecord(store, () =>
        store.beat({ id: 'c1', epoch: 1 }, { generation: 0, horizon: 5 }),
      );
    });

    test('that was resigned is marked as free, and taken with a higher epoch', async () => {
      const store = await create();
      await store.takeLeadership(undefined, LEADER);
      const { record } = await store.resign({ id: 'c1', epoch: 1 });
      expect(record.leader).toEqual({ ...LEADER, epoch: 1, beat: 0, resigned: true });
      const taken = await store.takeLeadership(record.leader, OTHER);
      expect(taken.record.leader).toEqual({ ...OTHER, epoch: 2, beat: 0 });
      await refusesWithRecord(store, () => store.resign({ id: 'c1', epoch: 1 }));
    });

    test('that was taken and not answered is recognised', async () => {
      const store = await create();
      const { record } = await store.takeLeadership(undefined, LEADER);
      expect(await store.takeLeadership(undefined, LEADER)).toEqual({ ok: true, record });
    });

    test('taken by two at a time has one holder', async () => {
      const store = await create();
      let { leader } = (await store.takeLeadership(undefined, LEADER)).record;
      for (let round = 0; round < 20; round++) {
        const results = await Promise.all([
          store.takeLeadership(leader, LEADER),
          store.takeLeadership(leader, OTHER),
        ]);
        expect(results.filter(({ ok }) => ok)).toHaveLength(1);
        ({ leader } = await store.read());
        expect(leader?.epoch).toBe(round + 2);
      }
    });
  });

  describe('beat', () => {
    test('raises the horizon of the generation it names', async () => {
      const store = await create();
      await started(store);
      const { record } = await store.beat({ id: 'c1', epoch: 1 }, { generation: 1, horizon: 50 });
      expect(record).toMatchObject({ horizon: 50, leader: { beat: 1 } });
    });

    test('goes through without its reservation where that is of another generation', async () => {
      const store = await create();
      await started(store);
      const { ok, record } = await store.beat(
        { id: 'c1', epoch: 1 },
        { generation: 2, horizon: 50 },
      );
      expect(ok).toBe(true);
      expect(record).toMatchObject({ horizon: 10, leader: { beat: 1 } });
    });

    test('never lowers the horizon', async () => {
      const store = await create();
      await started(store);
      const { ok, record } = await store.beat(
        { id: 'c1', epoch: 1 },
        { generation: 1, horizon: 4 },
      );
      expect(ok).toBe(true);
      expect(record).toMatchObject({ horizon: 10, leader: { beat: 1 } });
    });

    test('reserves nothing for a colony that is not started yet', async () => {
      const store = await create();
      await initializing(store);
      const { ok, record } = await store.beat(
        { id: 'c1', epoch: 1 },
        { generation: 1, horizon: 50 },
      );
      expect(ok).toBe(true);
      expect(record).toMatchObject({ horizon: 0, leader: { beat: 1 } });
    });

    test('raced with a stop and the next claim raises no horizon of the next colony', async () => {
      const store = await create();
      for (let round = 1; round <= 20; round++) {
        const record = await started(store, `K${round}`);
        const leader = { id: 'c1', epoch: 1 };
        const reserve = { generation: record.generation, horizon: 1000 };
        const beats = await Promise.all([
          store.beat(leader, reserve),
          store.stop(record).then(() => store.claim(claimOf(`N${round}`))),
          store.beat(leader, reserve),
          store.beat(leader, { ...reserve, horizon: 2000 }),
        ]);
        expect(beats.every(({ ok }) => ok)).toBe(true);
        const after = await store.read();
        expect(after).toMatchObject({ status: 'Initializing', horizon: 0 });
        await store.stop(after);
      }
    });

    test('of many at a time all count', async () => {
      const store = await create();
      await started(store);
      await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          store.beat({ id: 'c1', epoch: 1 }, { generation: 1, horizon: 10 + (i % 7) }),
        ),
      );
      expect(await store.read()).toMatchObject({ horizon: 16, leader: { beat: 30 } });
    });
  });
}
