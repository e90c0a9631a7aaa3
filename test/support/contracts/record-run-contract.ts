import { describe, expect, test } from 'vitest';
import type { ColonyRecords } from '../../../services/platform/record/colony-records.ts';
import { requestHashOf } from '../../../services/protocol/colony/colony-event.ts';
import { PENDING_EVENTS_MAX } from '../../../services/protocol/record/colony-record.ts';
import type { RunChange } from '../../../services/protocol/record/run-changes.ts';
import {
  initializing,
  LEADER,
  OTHER,
  refusesWithRecord,
  started,
  termOf,
} from '../colony-records.ts';
import { eventOfSequence } from './event-log-contract.ts';

/** What a leader writes of a colony that is started. */
export function recordRunContract(create: () => Promise<ColonyRecords>): void {
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
      const term = termOf(record);
      await store.setRun(term, { paused: true, runUntil: 40 });
      const { record: after } = await store.setRun(term, { ticksPerSecond: null });
      expect(after).toEqual({
        ...record,
        revision: record.revision + 2,
        paused: true,
        runUntil: 40,
        ticksPerSecond: null,
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

    test('is refused before the colony is started and to a former leader', async () => {
      const store = await create();
      const initial = await initializing(store, 'K1');
      await refusesWithRecord(store, () => store.setRun(termOf(initial), { paused: true }));
      await store.stop(initial);
      const record = await started(store, 'K2');
      await store.takeLeadership(record.leader, OTHER);
      const write = () => store.setRun(termOf(record), { paused: true });
      await refusesWithRecord(store, write);
    });
  });

  describe('step', () => {
    /** A started colony that is paused at tick 40. */
    const paused = async (store: ColonyRecords) => {
      const term = termOf(await started(store));
      const { record } = await store.setRun(term, { paused: true, runUntil: 40 });
      return { term, record };
    };

    test('keeps the newest 64 handled keys', async () => {
      const store = await create();
      const { term, record } = await paused(store);
      let seen = record;
      for (let i = 0; i < 70; i++) {
        seen = (await store.step(term, seen, { keyHash: `k${i}`, runUntil: 41 + i })).record;
      }
      expect(seen).toMatchObject({ paused: true, runUntil: 110 });
      expect(seen.handledKeys.map(({ runUntil }) => runUntil)).toEqual(
        Array.from({ length: 64 }, (_, i) => 47 + i),
      );
    });

    test('whose answer was lost is not done twice, nor lost to the step after it', async () => {
      const store = await create();
      const { term, record } = await paused(store);
      const first = { keyHash: 'a', runUntil: 50 };
      const { record: after } = await store.step(term, record, first);
      expect(await store.step(term, record, first)).toEqual({ ok: true, record: after });
      await refusesWithRecord(store, () =>
        store.step(term, record, { keyHash: 'b', runUntil: 45 }),
      );
    });

    test.each<[string, RunChange]>([
      ['resumed', { paused: false, runUntil: null }],
      ['paused elsewhere', { runUntil: 60 }],
    ])('is refused once the colony was %s', async (_what, change) => {
      const store = await create();
      const { term, record } = await paused(store);
      await store.setRun(term, change);
      await refusesWithRecord(store, () =>
        store.step(term, record, { keyHash: 'a', runUntil: 41 }),
      );
    });
  });

  describe('inject', () => {
    /** Takes events for the given ticks, one after the other. */
    const withEvents = async (store: ColonyRecords, ticks: number[], key = 'K1') => {
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
