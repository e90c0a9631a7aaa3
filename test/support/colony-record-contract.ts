import { describe, expect, test } from 'vitest';
import type {
  Claim,
  ColonyRecordStore,
  Term,
} from '../../services/platform/colony-record-store.ts';
import { requestHashOf } from '../../services/protocol/colony-event.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
  PENDING_EVENTS_MAX,
  RETIRED_KEYS_MAX,
} from '../../services/protocol/colony-record.ts';
import { keyHashOf } from '../../services/protocol/record-transitions.ts';
import { eventOfSequence } from './event-log-contract.ts';

export const LEADER = { id: 'c1', address: 'http://127.0.0.1:8083' };
export const OTHER = { id: 'c2', address: 'http://127.0.0.1:8084' };

export const claimOf = (key: string, change: Partial<Claim> = {}): Claim => ({
  key,
  keyHash: keyHashOf(key),
  bodyHash: `body-${key}`,
  colonyInstanceId: `instance-${key}`,
  claimId: `claim-${key}`,
  specRef: `spec#${key}`,
  ticksPerSecond: 60,
  ...change,
});

export const termOf = (record: ColonyRecord): Term => ({
  leaderId: record.leader?.id ?? '',
  epoch: record.leader?.epoch ?? 0,
  generation: record.generation,
});

export const failureOf = (record: ColonyRecord, reason = 'no backend was found') => ({
  key: record.startKey ?? '',
  code: 'NO_BACKENDS',
  reason,
  at: '2026-01-01T00:00:00.000Z',
  generation: record.generation,
});

/** Led by LEADER and claimed with a key: Initializing. */
export async function initializing(store: ColonyRecordStore, key = 'K1'): Promise<ColonyRecord> {
  const { leader } = await store.read();
  if (leader === undefined) await store.takeLeadership(undefined, LEADER);
  const { ok, record } = await store.claim(claimOf(key));
  expect(ok).toBe(true);
  return record;
}

/** Initializing, then a topology, then complete: TopographyInitialized with horizon 10. */
export async function started(store: ColonyRecordStore, key = 'K1'): Promise<ColonyRecord> {
  const term = termOf(await initializing(store, key));
  expect(await store.setTopology(term, `topology#${key}`, 1)).toMatchObject({ ok: true });
  const { ok, record } = await store.complete(term, 10);
  expect(ok).toBe(true);
  return record;
}

/** What every ColonyRecordStore does. `create` gives a store of a record that is not there yet. */
export function colonyRecordContract(create: () => Promise<ColonyRecordStore>): void {
  const refusesWithRecord = async (
    store: ColonyRecordStore,
    write: () => Promise<{ ok: boolean; record: ColonyRecord }>,
  ) => {
    const before = await store.read();
    expect(await write()).toEqual({ ok: false, record: before });
    expect(await store.read()).toEqual(before);
  };

  test('an absent record reads as NotInitialized', async () => {
    expect(await (await create()).read()).toEqual(ABSENT_RECORD);
  });

  test('every write raises the revision by one and answers what is then stored', async () => {
    const store = await create();
    const writes = [
      () => store.takeLeadership(undefined, LEADER),
      () => store.claim(claimOf('K1')),
      async () => store.setTopology(termOf(await store.read()), 'topology#1', 1),
      async () => store.complete(termOf(await store.read()), 10),
      async () => store.setRun(termOf(await store.read()), { paused: true, horizon: 20 }),
      () => store.beat({ id: 'c1', epoch: 1 }, { generation: 1, horizon: 30 }),
      async () => store.stop(await store.read()),
      () => store.claim(claimOf('K2')),
      async () => store.fail(termOf(await store.read()), failureOf(await store.read())),
    ];
    for (const [i, write] of writes.entries()) {
      const result = await write();
      expect(result.ok).toBe(true);
      expect(result.record.revision).toBe(i + 1);
      expect(await store.read()).toEqual(result.record);
    }
  });

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

    test('that comes again after its start failed does not start anew', async () => {
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

    test('with the key of a failed start and a new claim id starts anew', async () => {
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
      await store.setRun(termOf(first), {
        paused: true,
        runUntil: 5,
        fault: { code: 'DETERMINISM_VIOLATION', reason: 'two digests' },
        handledKeys: [{ keyHash: 'a', runUntil: 5 }],
        horizon: 100,
      });
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

  describe('setTopology', () => {
    test('takes exactly the next version', async () => {
      const store = await create();
      const term = termOf(await initializing(store));
      await refusesWithRecord(store, () => store.setTopology(term, 'topology#2', 2));
      expect((await store.setTopology(term, 'topology#1', 1)).record).toMatchObject({
        topologyRef: 'topology#1',
        topologyVersion: 1,
      });
      await refusesWithRecord(store, () => store.setTopology(term, 'topology#x', 1));
      expect((await store.setTopology(term, 'topology#2', 2)).ok).toBe(true);
    });

    test('whose answer was lost is recognised', async () => {
      const store = await create();
      const term = termOf(await initializing(store));
      const { record } = await store.setTopology(term, 'topology#1', 1);
      expect(await store.setTopology(term, 'topology#1', 1)).toEqual({ ok: true, record });
    });

    test('is refused without a colony and to a former leader', async () => {
      const store = await create();
      await store.takeLeadership(undefined, LEADER);
      const none = termOf(await store.read());
      await refusesWithRecord(store, () => store.setTopology(none, 'topology#1', 1));
      const record = await initializing(store);
      await store.takeLeadership(record.leader, OTHER);
      await refusesWithRecord(store, () => store.setTopology(termOf(record), 'topology#1', 1));
    });
  });

  describe('setRun', () => {
    test('sets what it names and leaves the rest', async () => {
      const store = await create();
      const record = await started(store);
      const handledKeys = [{ keyHash: 'a', runUntil: 40 }];
      const term = termOf(record);
      await store.setRun(term, { paused: true, runUntil: 40, handledKeys });
      const { record: after } = await store.setRun(term, { ticksPerSecond: null, horizon: 40 });
      expect(after).toEqual({
        ...record,
        revision: record.revision + 2,
        paused: true,
        runUntil: 40,
        handledKeys,
        ticksPerSecond: null,
        horizon: 40,
      });
    });

    test('removes runUntil by null', async () => {
      const store = await create();
      const term = termOf(await started(store));
      await store.setRun(term, { paused: true, runUntil: 40 });
      const { record } = await store.setRun(term, { paused: false, runUntil: null });
      expect(record.runUntil).toBeUndefined();
      expect(record.paused).toBe(false);
    });

    test('with a horizon that is not higher changes the rest', async () => {
      const store = await create();
      const term = termOf(await started(store));
      const { ok, record } = await store.setRun(term, { paused: true, horizon: 10 });
      expect(ok).toBe(true);
      expect(record).toMatchObject({ paused: true, horizon: 10 });
      expect((await store.setRun(term, { horizon: 3 })).record.horizon).toBe(10);
    });

    test('keeps the newest 64 handled keys', async () => {
      const store = await create();
      const term = termOf(await started(store));
      const handledKeys = Array.from({ length: 70 }, (_, i) => ({ keyHash: `k${i}`, runUntil: i }));
      const { record } = await store.setRun(term, { handledKeys });
      expect(record.handledKeys).toEqual(handledKeys.slice(6));
    });

    test('is refused before the colony is started and to a former leader', async () => {
      const store = await create();
      const initial = await initializing(store, 'K1');
      await refusesWithRecord(store, () => store.setRun(termOf(initial), { paused: true }));
      await store.stop(initial);
      const record = await started(store, 'K2');
      await store.takeLeadership(record.leader, OTHER);
      const write = () => store.setRun(termOf(record), { paused: true, horizon: 99 });
      await refusesWithRecord(store, write);
    });
  });

  describe('inject', () => {
    /** Takes events for the given ticks, one after the other. */
    const withEvents = async (store: ColonyRecordStore, ticks: number[], key = 'K1') => {
      let record = await started(store, key);
      for (const tick of ticks) {
        const entry = eventOfSequence(record.eventSeq + 1, tick);
        const written = await store.inject(termOf(record), record, entry);
        expect(written.ok).toBe(true);
        ({ record } = written);
      }
      return record;
    };

    test('takes an event for a tick above the horizon', async () => {
      const store = await create();
      const record = await started(store);
      const entry = eventOfSequence(1, record.horizon + 1);
      expect(await store.inject(termOf(record), record, entry)).toEqual({
        ok: true,
        record: {
          ...record,
          revision: record.revision + 1,
          eventSeq: 1,
          pendingEvents: [entry],
        },
      });
    });

    test('of a tick that may have been granted is refused', async () => {
      const store = await create();
      const record = await started(store);
      const entry = eventOfSequence(1, record.horizon);
      await refusesWithRecord(store, () => store.inject(termOf(record), record, entry));
    });

    test('is refused where the horizon was raised over its tick meanwhile', async () => {
      const store = await create();
      const record = await started(store);
      const entry = eventOfSequence(1, record.horizon + 5);
      await store.beat({ id: 'c1', epoch: 1 }, { generation: 1, horizon: record.horizon + 5 });
      await refusesWithRecord(store, () => store.inject(termOf(record), record, entry));
    });

    test('of two events with one sequence takes one', async () => {
      const store = await create();
      const record = await started(store);
      const entries = [50, 60].map((tick) => ({
        ...eventOfSequence(1, tick),
        keyHash: requestHashOf(`key of ${tick}`),
      }));
      const writes = await Promise.all(
        entries.map((entry) => store.inject(termOf(record), record, entry)),
      );
      expect(writes.map(({ ok }) => ok).sort()).toEqual([false, true]);
      expect((await store.read()).pendingEvents).toHaveLength(1);
    });

    test('whose answer was lost is recognised', async () => {
      const store = await create();
      const record = await started(store);
      const entry = eventOfSequence(1, 50);
      const { record: after } = await store.inject(termOf(record), record, entry);
      expect(await store.inject(termOf(record), record, entry)).toEqual({
        ok: true,
        record: after,
      });
    });

    test('with another body under the same key is not taken for the one that is there', async () => {
      const store = await create();
      const record = await started(store);
      const entry = eventOfSequence(1, 50);
      await store.inject(termOf(record), record, entry);
      const other = { ...entry, bodyHash: requestHashOf('another body') };
      await refusesWithRecord(store, () => store.inject(termOf(record), record, other));
    });

    test('into a stopped, a failed, or a not yet started colony is refused', async () => {
      const store = await create();
      const initial = await initializing(store, 'K0');
      const entry = eventOfSequence(1, 500);
      await refusesWithRecord(store, () => store.inject(termOf(initial), initial, entry));
      await store.stop(initial);
      const record = await started(store);
      const fault = { code: 'DETERMINISM_VIOLATION', reason: 'two digests' };
      const { record: faulty } = await store.setRun(termOf(record), { fault });
      await refusesWithRecord(store, () => store.inject(termOf(record), faulty, entry));
      await store.stop(faulty);
      await refusesWithRecord(store, () => store.inject(termOf(record), record, entry));
    });

    test('by a former leader is refused', async () => {
      const store = await create();
      const record = await started(store);
      await store.takeLeadership(record.leader, OTHER);
      const entry = eventOfSequence(1, 500);
      await refusesWithRecord(store, () => store.inject(termOf(record), record, entry));
    });

    test('of an event that does not come next, or with too many pending, is a bug', async () => {
      const store = await create();
      const record = await started(store);
      await expect(store.inject(termOf(record), record, eventOfSequence(2, 50))).rejects.toThrow(
        'event 2 after 0, with 0 pending',
      );
      await store.stop(record);
      const full = await withEvents(
        store,
        Array.from({ length: PENDING_EVENTS_MAX }, (_, i) => 50 + i),
        'K2',
      );
      const next = eventOfSequence(PENDING_EVENTS_MAX + 1, 99);
      await expect(store.inject(termOf(full), full, next)).rejects.toThrow(
        `${PENDING_EVENTS_MAX} pending`,
      );
    });

    test('leaves nothing to the next colony', async () => {
      const store = await create();
      const { record } = await store.stop(await withEvents(store, [50, 60]));
      expect(record).toMatchObject({ eventSeq: 0, eventHead: 0, pendingEvents: [] });
    });

    test('once logged, the oldest leave the record and the others stay', async () => {
      const store = await create();
      const record = await withEvents(store, [50, 40, 60]);
      const first = await store.eventsLogged(termOf(record), record, 2);
      expect(first).toEqual({
        ok: true,
        record: {
          ...record,
          revision: record.revision + 1,
          eventHead: 2,
          pendingEvents: [eventOfSequence(3, 60)],
        },
      });
      const second = await store.eventsLogged(termOf(record), first.record, 3);
      expect(second.record).toMatchObject({ eventSeq: 3, eventHead: 3, pendingEvents: [] });
    });

    test('logging again what left the record does nothing', async () => {
      const store = await create();
      const record = await withEvents(store, [50, 40]);
      const { record: after } = await store.eventsLogged(termOf(record), record, 1);
      expect(await store.eventsLogged(termOf(record), record, 1)).toEqual({
        ok: true,
        record: after,
      });
    });

    test('logging is refused when an event came meanwhile, and to a former leader', async () => {
      const store = await create();
      const record = await withEvents(store, [50]);
      const next = await store.inject(termOf(record), record, eventOfSequence(2, 70));
      await refusesWithRecord(store, () => store.eventsLogged(termOf(record), record, 1));
      await store.takeLeadership(record.leader, OTHER);
      await refusesWithRecord(store, () => store.eventsLogged(termOf(record), next.record, 1));
    });

    test('logging what is not pending is a bug', async () => {
      const store = await create();
      const record = await withEvents(store, [50]);
      await expect(store.eventsLogged(termOf(record), record, 2)).rejects.toThrow(
        'event 2 is not pending',
      );
    });
  });
}
