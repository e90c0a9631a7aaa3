import { describe, expect, test } from 'vitest';
import { EventBook } from '../../../../services/coordinator/events/event-book.ts';
import { HEARTBEAT_EVENTS_MAX } from '../../../../services/protocol/wire/rpc.ts';
import { eventOfSequence } from '../../../support/contracts/event-log-contract.ts';
import { startedRecord } from '../fixtures.ts';

/** A book with events for the given ticks, and the record that points at all of them. */
function bookOf(ticks: number[], pendingTicks: number[] = []) {
  const book = new EventBook();
  for (const [i, tick] of ticks.entries()) book.add(eventOfSequence(i + 1, tick));
  const record = startedRecord({
    eventHead: ticks.length,
    eventSeq: ticks.length + pendingTicks.length,
    pendingEvents: pendingTicks.map((tick, i) => eventOfSequence(ticks.length + i + 1, tick)),
  });
  return { book, record };
}
const sequences = ({ events }: { events: { sequence: number }[] }) =>
  events.map(({ sequence }) => sequence);

describe('what is handed to a backend', () => {
  test('is what it lacks, and then nothing keeps it from running', () => {
    const { book, record } = bookOf([50, 40, 60]);
    const handOver = book.handOver(1, record);
    expect(sequences(handOver)).toEqual([2, 3]);
    expect(handOver).toMatchObject({ eventSeq: 3, horizonMax: Number.MAX_SAFE_INTEGER });
  });

  test('is nothing once it has all', () => {
    const { book, record } = bookOf([50]);
    expect(book.handOver(1, record)).toMatchObject({ events: [], eventSeq: 1 });
  });

  test('leaves out the hashes of the request', () => {
    const { book, record } = bookOf([50]);
    const { event } = eventOfSequence(1);
    expect(book.handOver(0, record).events).toEqual([{ sequence: 1, tick: 50, event }]);
  });

  test('is what fits a heartbeat; beyond the least tick of the rest it must not run', () => {
    const ticks = Array.from({ length: HEARTBEAT_EVENTS_MAX + 2 }, (_, i) => 500 - i);
    const { book, record } = bookOf(ticks);
    const handOver = book.handOver(0, record);
    expect(handOver.events).toHaveLength(HEARTBEAT_EVENTS_MAX);
    expect(handOver).toMatchObject({
      eventSeq: HEARTBEAT_EVENTS_MAX,
      horizonMax: Math.min(...ticks),
    });
  });

  test('leaves out what is not logged yet: it must not run beyond its tick', () => {
    const { book, record } = bookOf([50], [80, 70]);
    const handOver = book.handOver(0, record);
    expect(sequences(handOver)).toEqual([1]);
    expect(handOver).toMatchObject({ eventSeq: 1, horizonMax: 70 });
  });

  test('takes what was logged since that version of the record as logged', () => {
    const { book, record } = bookOf([50], [80]);
    book.add(eventOfSequence(2, 80));
    expect(book.handOver(0, record)).toMatchObject({
      eventSeq: 2,
      horizonMax: Number.MAX_SAFE_INTEGER,
    });
  });

  test('is nothing, and no horizon, while the log is ahead of the book', () => {
    const { book } = bookOf([50]);
    const record = startedRecord({ eventHead: 2, eventSeq: 2 });
    expect(book.handOver(0, record)).toEqual({ events: [], eventSeq: 0, horizonMax: 0 });
  });

  test('to one that has more than the book is nothing', () => {
    const { book, record } = bookOf([50]);
    expect(book.handOver(7, record)).toMatchObject({ events: [], eventSeq: 1 });
  });
});

test('an event of the log that does not come next is a bug', () => {
  const { book } = bookOf([50]);
  expect(() => book.add(eventOfSequence(3))).toThrow('event 3 of the log after 1');
  expect(() => book.add(eventOfSequence(1))).toThrow('event 1 of the log after 1');
});

test('events are found by the key of their request and counted by tick', () => {
  const { book } = bookOf([50, 60, 50]);
  expect(book.find(eventOfSequence(2).keyHash)).toMatchObject({ sequence: 2, tick: 60 });
  expect(book.find(eventOfSequence(4).keyHash)).toBeUndefined();
  expect([50, 60, 70].map((tick) => book.countAt(tick).events)).toEqual([2, 1, 0]);
});

test('of a tick events and cancellations are counted apart', () => {
  const { book } = bookOf([50, 50]);
  const event = { kind: 'cancellation', cancels: 1 } as const;
  book.add({ ...eventOfSequence(3, 50), event });
  expect(book.countAt(50)).toEqual({ events: 2, cancellations: 1 });
});
