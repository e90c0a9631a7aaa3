import { describe, expect, test } from 'vitest';
import type { ColonyRecords } from '../../../services/platform/record/colony-records.ts';
import {
  ABSENT_RECORD,
  RETIRED_KEYS_MAX,
} from '../../../services/protocol/record/colony-record.ts';
import { keyHashOf } from '../../../services/protocol/record/start-changes.ts';
import {
  claimOf,
  failureOf,
  initializing,
  LEADER,
  OTHER,
  refusesWithRecord,
  started,
  termOf,
} from '../colony-records.ts';

/** How colonies are claimed, started and ended. */
export function recordStartContract(create: () => Promise<ColonyRecords>): void {
  describe('claim', () => {
    test('works on an absent record, before there is a leader', async () => {
      const store = await create();
      const { ok, record } = await store.claim(claimOf('K1'));
      expect(ok).toBe(true);
      expect(record).toEqual({
        ...ABSENT_RECORD,
        status: 'Initializing',
        revision: 1,
        generation: 1,
        colonyInstanceId: 'instance-K1',
        claimId: 'claim-K1',
        startKey: 'K1',
        bodyHash: 'body-K1',
        specRef: 'spec#K1',
        ticksPerSecond: 60,
      });
      const led = await store.takeLeadership(undefined, LEADER);
      expect(led.record).toMatchObject({ status: 'Initializing', startKey: 'K1', generation: 1 });
    });

    test('is refused with the stored record while another start is in progress', async () => {
      const store = await create();
      await initializing(store, 'K1');
      await refusesWithRecord(store, () => store.claim(claimOf('K2')));
    });

    test('is refused with the stored record once a colony is started', async () => {
      const store = await create();
      await started(store, 'K1');
      await refusesWithRecord(store, () => store.claim(claimOf('K2')));
    });

    test('whose answer was lost is recognised by its claim id', async () => {
      const store = await create();
      const record = await initializing(store, 'K1');
      expect(await store.claim(claimOf('K1'))).toEqual({ ok: true, record });
    });

    test('of the same key by another claimer is refused', async () => {
      const store = await create();
      await initializing(store, 'K1');
      await refusesWithRecord(store, () => store.claim(claimOf('K1', { claimId: 'another' })));
    });

    test('that comes again after its start failed does not start again', async () => {
      const store = await create();
      const record = await initializing(store, 'K1');
      await store.fail(termOf(record), failureOf(record));
      const again = await store.claim(claimOf('K1'));
      expect(again).toMatchObject({
        ok: true,
        record: { status: 'NotInitialized', generation: 1 },
      });
      expect((await store.read()).status).toBe('NotInitialized');
    });

    test('with the key of a failed start and a new claim id starts again', async () => {
      const store = await create();
      const record = await initializing(store, 'K1');
      await store.fail(termOf(record), failureOf(record));
      const { ok, record: second } = await store.claim(claimOf('K1', { claimId: 'second' }));
      expect(ok).toBe(true);
      expect(second).toMatchObject({ status: 'Initializing', generation: 2, startKey: 'K1' });
      expect(second.lastFailure).toBeUndefined();
    });

    test('with a retired key is refused, and the record names the instance that had it', async () => {
      const store = await create();
      await store.stop(await started(store, 'K1'));
      const { ok, record } = await store.claim(claimOf('K1', { claimId: 'late' }));
      expect(ok).toBe(false);
      expect(record.retired[keyHashOf('K1')]).toEqual({
        colonyInstanceId: 'instance-K1',
        generation: 1,
      });
      expect(record.status).toBe('NotInitialized');
    });

    test('begins with a clean slate whatever the colony before it left', async () => {
      const store = await create();
      const first = await started(store, 'K1');
      const fault = { code: 'DETERMINISM_VIOLATION', reason: 'two digests' };
      const term = termOf(first);
      await store.setRun(term, { paused: true, runUntil: 5, fault });
      await store.step(term, await store.read(), { keyHash: 'a', runUntil: 6 });
      await store.beat({ id: 'c1', epoch: 1 }, { generation: 1, horizon: 100 });
      const { record: left } = await store.stop(await store.read());
      const { record } = await store.claim(claimOf('K2', { ticksPerSecond: null }));
      expect(record).toEqual({
        ...ABSENT_RECORD,
        status: 'Initializing',
        revision: left.revision + 1,
        generation: 2,
        retired: left.retired,
        leader: left.leader,
        colonyInstanceId: 'instance-K2',
        claimId: 'claim-K2',
        startKey: 'K2',
        bodyHash: 'body-K2',
        specRef: 'spec#K2',
      });
    });

    test('with a hash that is not of its key is a bug', async () => {
      const store = await create();
      await expect(store.claim(claimOf('K1', { keyHash: 'a.b' }))).rejects.toThrow(/not the hash/);
    });

    test('raced by many has one winner, and all see it', async () => {
      const store = await create();
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          store.claim(claimOf(`K${i % 50}`, { claimId: `claim-${i}` })),
        ),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(new Set(results.map(({ record }) => record.claimId)).size).toBe(1);
      expect((await store.read()).generation).toBe(1);
    });
  });

  describe('complete', () => {
    test('makes the start key the colony key and sets the horizon', async () => {
      const store = await create();
      const record = await started(store, 'K1');
      expect(record).toMatchObject({
        status: 'TopographyInitialized',
        idempotencyKey: 'K1',
        horizon: 10,
        topologyVersion: 1,
      });
      expect(record.startKey).toBeUndefined();
    });

    test('is refused without a topology', async () => {
      const store = await create();
      const record = await initializing(store);
      await refusesWithRecord(store, () => store.complete(termOf(record), 10));
    });

    test('of an older generation is refused', async () => {
      const store = await create();
      const first = await initializing(store, 'K1');
      await store.stop(first);
      const second = await initializing(store, 'K2');
      await store.setTopology(termOf(second), 'topology#2', 1);
      await refusesWithRecord(store, () => store.complete(termOf(first), 10));
    });

    test('of an older epoch or another leader is refused', async () => {
      const store = await create();
      const record = await initializing(store);
      await store.setTopology(termOf(record), 'topology#1', 1);
      await store.takeLeadership(record.leader, OTHER);
      await refusesWithRecord(store, () => store.complete(termOf(record), 10));
      const posing = { ...termOf(record), epoch: 2 };
      await refusesWithRecord(store, () => store.complete(posing, 10));
    });

    test('whose answer was lost is recognised', async () => {
      const store = await create();
      const record = await started(store);
      expect(await store.complete(termOf(record), 10)).toEqual({ ok: true, record });
    });

    test('raced with a stop leaves no colony behind', async () => {
      const store = await create();
      for (let round = 0; round < 20; round++) {
        const record = await initializing(store, `K${round}`);
        await store.setTopology(termOf(record), 'topology', 1);
        const [, stop] = await Promise.all([
          store.complete(termOf(record), 10),
          store.stop(record),
        ]);
        expect(stop.ok).toBe(true);
        const after = await store.read();
        expect(after).toMatchObject({ status: 'NotInitialized', horizon: 0 });
        expect(after.retired[keyHashOf(`K${round}`)]?.generation).toBe(record.generation);
      }
    });
  });

  describe('fail', () => {
    test('frees the key, keeps the failure and the leader', async () => {
      const store = await create();
      const record = await initializing(store);
      const failure = failureOf(record);
      const { record: after } = await store.fail(termOf(record), failure);
      expect(after).toEqual({
        ...ABSENT_RECORD,
        revision: record.revision + 1,
        generation: 1,
        claimId: 'claim-K1',
        lastFailure: failure,
        leader: record.leader,
      });
    });

    test('is refused once the colony is started', async () => {
      const store = await create();
      const record = await started(store);
      await refusesWithRecord(store, () => store.fail(termOf(record), failureOf(record)));
    });

    test('of an older epoch is refused', async () => {
      const store = await create();
      const record = await initializing(store);
      await store.takeLeadership(record.leader, OTHER);
      await refusesWithRecord(store, () => store.fail(termOf(record), failureOf(record)));
    });

    test('whose answer was lost is recognised', async () => {
      const store = await create();
      const record = await initializing(store);
      const failure = failureOf(record);
      const { record: after } = await store.fail(termOf(record), failure);
      expect(await store.fail(termOf(record), failure)).toEqual({ ok: true, record: after });
    });
  });

  describe('stop', () => {
    test('applies to a start in progress too and retires its key', async () => {
      const store = await create();
      const record = await initializing(store, 'K1');
      const { ok, record: after } = await store.stop(record);
      expect(ok).toBe(true);
      expect(after).toEqual({
        ...ABSENT_RECORD,
        revision: record.revision + 1,
        generation: 1,
        claimId: 'claim-K1',
        leader: record.leader,
        retired: { [keyHashOf('K1')]: { colonyInstanceId: 'instance-K1', generation: 1 } },
      });
    });

    test('by a picture that is behind in all but instance and generation goes through', async () => {
      const store = await create();
      const record = await initializing(store, 'K1');
      await store.setTopology(termOf(record), 'topology#1', 1);
      await store.complete(termOf(record), 10);
      expect((await store.stop(record)).ok).toBe(true);
    });

    test('of an instance that is no longer there is refused', async () => {
      const store = await create();
      const first = await started(store, 'K1');
      await store.fail(termOf(first), failureOf(first));
      await store.stop(first);
      const second = await started(store, 'K2');
      const stale = { ...second, colonyInstanceId: 'another' };
      await refusesWithRecord(store, () => store.stop(stale));
    });

    test('that comes twice is ok twice and leaves the next colony alone', async () => {
      const store = await create();
      const first = await started(store, 'K1');
      await store.stop(first);
      expect((await store.stop(first)).ok).toBe(true);
      const second = await started(store, 'K2');
      expect(await store.stop(first)).toEqual({ ok: true, record: second });
    });

    test('of a record with nothing to stop is a bug', async () => {
      const store = await create();
      await expect(store.stop(ABSENT_RECORD)).rejects.toThrow(/nothing to stop/);
    });

    test(`forgets the oldest retired key beyond ${RETIRED_KEYS_MAX}`, async () => {
      const store = await create();
      for (let i = 0; i <= RETIRED_KEYS_MAX; i++) {
        const { record } = await store.claim(claimOf(`K${i}`));
        await store.stop(record);
      }
      const { retired } = await store.read();
      expect(Object.keys(retired)).toHaveLength(RETIRED_KEYS_MAX);
      expect(retired[keyHashOf('K0')]).toBeUndefined();
      expect(retired[keyHashOf('K1')]?.generation).toBe(2);
      expect((await store.claim(claimOf('K0', { claimId: 'late' }))).ok).toBe(true);
    });
  });
}
