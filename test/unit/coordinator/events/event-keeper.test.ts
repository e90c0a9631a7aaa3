import { beforeEach, describe, expect, test } from 'vitest';
import { EventKeeper } from '../../../../services/coordinator/events/event-keeper.ts';
import { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { LeaderTerm } from '../../../../services/coordinator/term/leader-term.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/term/stages.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryEventLog } from '../../../simulation/stores/memory-event-log.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { LEADER, started, termOf } from '../../../support/colony-records.ts';
import { eventOfSequence } from '../../../support/contracts/event-log-contract.ts';
import { contextOf } from '../fixtures.ts';

let clock: VirtualClock;
let log: MemoryLog;
let store: MemoryRecords;
let events: MemoryEventLog;
let context: CoordinatorContext;
let term: LeaderTerm;
let instance: string;

beforeEach(async () => {
  clock = new VirtualClock();
  log = new MemoryLog();
  store = new MemoryRecords();
  events = new MemoryEventLog();
  const record = await started(store);
  instance = record.colonyInstanceId ?? '';
  context = contextOf(record);
  term = new LeaderTerm({ leaderId: LEADER.id, epoch: 1, clock, leaseMs: 600_000, sentMs: 0 });
});

/** Between attempts at what fails. */
const LONGEST_PAUSE_MS = 5_000;

const keeperOf = () => {
  const scope = new ColonyScope(term, () => context.storedInfo());
  const keeper = new EventKeeper(
    {
      store,
      events,
      context,
      clock,
      randomness: new SeededRandomness(1),
      log,
      hook: NO_STAGE_HOOK,
    },
    scope,
  );
  return { keeper, scope };
};

/** Puts events into the record, as injections do. */
async function pend(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const record = await store.read();
    const entry = eventOfSequence(record.eventSeq + 1);
    const written = await store.inject(termOf(record), record, entry);
    context.initializeWithStoredInfo(written.record);
  }
}

const logged = async () => (await events.list(instance)).map(({ sequence }) => sequence);

describe('what is pending', () => {
  test('is copied to the log and leaves the record', async () => {
    await pend(3);
    const { keeper } = keeperOf();
    void keeper.run();
    await clock.advance(0);
    expect(await logged()).toEqual([1, 2, 3]);
    expect(keeper.book.through).toBe(3);
    expect(await store.read()).toMatchObject({ eventHead: 3, pendingEvents: [] });
    term.end();
  });

  test('is copied when the keeper is woken', async () => {
    const { keeper } = keeperOf();
    void keeper.run();
    await clock.advance(1_000);
    await pend(1);
    keeper.wake();
    await clock.advance(0);
    expect(await store.read()).toMatchObject({ eventHead: 1, pendingEvents: [] });
    term.end();
  });

  test('is tried again when the log does not answer, and is not known as logged before', async () => {
    const append = events.append.bind(events);
    events.append = () => Promise.reject(new ColonyError('STORE_UNAVAILABLE', 'away'));
    await pend(1);
    const { keeper } = keeperOf();
    void keeper.run();
    await clock.advance(2_000);
    expect(keeper.book.through).toBe(0);
    expect(log.messages('warn')).toContain('events could not be logged; trying again');
    events.append = append;
    await clock.advance(LONGEST_PAUSE_MS);
    expect(keeper.book.through).toBe(1);
    term.end();
  });

  test('that another leader logged half is completed', async () => {
    await pend(2);
    await events.append(instance, eventOfSequence(1));
    const { keeper } = keeperOf();
    void keeper.run();
    await clock.advance(0);
    expect(await logged()).toEqual([1, 2]);
    expect(await store.read()).toMatchObject({ eventHead: 2 });
    term.end();
  });

  test('and stands in the log with another content is never taken out of the record', async () => {
    await pend(1);
    await events.append(instance, eventOfSequence(1, 99_999));
    const { keeper } = keeperOf();
    void keeper.run();
    await clock.advance(5_000);
    expect(keeper.book.through).toBe(0);
    expect(await store.read()).toMatchObject({ eventHead: 0 });
    term.end();
  });

  test('and is logged by a keeper that was stopped in the middle is read by the next', async () => {
    await pend(1);
    const { keeper: first } = keeperOf();
    void first.run();
    await clock.advance(0);
    await pend(1);
    const list = events.list.bind(events);
    // While the next one reads the log, what the former had under way goes through.
    events.list = async (...args) => {
      const entries = await list(...args);
      events.list = list;
      first.wake();
      await clock.sleep(10);
      return entries;
    };
    const { keeper: next } = keeperOf();
    const reading = next.load();
    await clock.advance(10);
    await reading;
    first.stop();
    expect(await store.read()).toMatchObject({ eventHead: 2, pendingEvents: [] });
    expect(next.book.through).toBe(1);
    void next.run();
    await clock.advance(0);
    expect(next.book.through).toBe(2);
    expect(next.book.handOver(0, await store.read()).eventSeq).toBe(2);
    term.end();
  });

  test('is left alone once the keeper is stopped', async () => {
    const { keeper } = keeperOf();
    const done = keeper.run();
    keeper.stop();
    await clock.advance(0);
    await done;
    await pend(1);
    keeper.wake();
    await clock.advance(120_000);
    expect(await logged()).toEqual([]);
    term.end();
  });
});

describe('reading the log', () => {
  /** A log of some events, and the record that points at so many. */
  async function logOf(sequences: number[], eventHead: number) {
    for (const sequence of sequences) await events.append(instance, eventOfSequence(sequence));
    const record = { ...(await store.read()), revision: 99, eventHead, eventSeq: eventHead };
    context.initializeWithStoredInfo(record);
  }

  test('gives all that the record points at, and no more', async () => {
    await logOf([1, 2, 3], 2);
    const { keeper } = keeperOf();
    await keeper.load();
    expect(keeper.book.logged).toEqual([eventOfSequence(1), eventOfSequence(2)]);
    term.end();
  });

  test.each([
    { has: [1, 3], missing: 2 },
    { has: [2, 3], missing: 1 },
    { has: [1, 2], missing: 3 },
  ])('refuses a log of $has that lacks $missing', async ({ has, missing }) => {
    await logOf(has, 3);
    await expect(keeperOf().keeper.load()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: `event ${missing} is missing in the event log`,
    });
    term.end();
  });
});
