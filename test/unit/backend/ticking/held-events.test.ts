import { expect, test } from 'vitest';
import { HeldEvents } from '../../../../services/backend/ticking/held-events.ts';
import type { InjectedEvent } from '../../../../services/world/events/events.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';

const event = (sequence: number, tick = 100): InjectedEvent => ({
  sequence,
  tick,
  event: { kind: 'extinction', draw: sequence },
});
const drawsAt = (held: HeldEvents, tick: number) =>
  held.at(tick).map((one) => (one.kind === 'extinction' ? one.draw : undefined));

test('events are found by tick, in the order of their sequence', () => {
  const held = new HeldEvents();
  held.take([event(1, 100), event(2, 50), event(3, 100)], 0);
  expect(held.through).toBe(3);
  expect(drawsAt(held, 100)).toEqual([1, 3]);
  expect(drawsAt(held, 50)).toEqual([2]);
  expect(held.at(51)).toEqual([]);
});

test('events that come again change nothing', () => {
  const held = new HeldEvents();
  held.take([event(1), event(2)], 0);
  held.take([event(1), event(2), event(3)], 0);
  held.take([], 0);
  expect(drawsAt(held, 100)).toEqual([1, 2, 3]);
});

test('what comes after a gap is not taken', () => {
  const held = new HeldEvents();
  held.take([event(1), event(3), event(4)], 0);
  expect(held.through).toBe(1);
  expect(drawsAt(held, 100)).toEqual([1]);
});

test('an event of the tick at hand is in time, one of a tick that has begun is too late', () => {
  const held = new HeldEvents();
  held.take([event(1, 100)], 100);
  expect(() => held.take([event(2, 99)], 100)).toThrow(
    expect.objectContaining({
      code: 'EVENT_TOO_LATE',
      message: 'event 2 is for tick 99, the shards have begun 100 ticks',
    }),
  );
  expect(held.through).toBe(1);
});

test.each<[string, InjectedEvent, 'taken' | 'late']>([
  ['that the state knew, of an earlier tick, is part of it', event(1, 100), 'taken'],
  ['that the state did not know is too late', event(2, 100), 'late'],
  ['that the state knew, of its own tick, is too late once that has begun', event(1, 137), 'late'],
  ['that is still to come is in time', event(1, 150), 'taken'],
])('with shards that started from a state an event %s', (_what, one, outcome) => {
  const held = new HeldEvents();
  const state = new SingleWorld({ ...DEFAULT_WORLD_SPEC, width: 16, height: 16 }).originHere();
  const origin = { ...state, tick: 137, eventSeq: 1 };
  if (one.sequence === 2) held.take([event(1, 100)], 150, origin);
  const take = () => held.take([one], 150, origin);
  if (outcome === 'taken') expect(take).not.toThrow();
  else expect(take).toThrow(expect.objectContaining({ code: 'EVENT_TOO_LATE' }));
  expect(held.through).toBe(outcome === 'taken' ? one.sequence : one.sequence - 1);
});

test('what was taken in time may come again later', () => {
  const held = new HeldEvents();
  held.take([event(1, 100)], 0);
  held.take([event(1, 100)], 500);
  expect(drawsAt(held, 100)).toEqual([1]);
});

test('an event that is cancelled before its tick does not happen, the others of its tick do', () => {
  const held = new HeldEvents();
  held.take([event(1), event(2)], 0);
  const cancellation = {
    sequence: 3,
    tick: 100,
    event: { kind: 'cancellation', cancels: 1 },
  } as const;
  held.take([cancellation], 100);
  expect(drawsAt(held, 100)).toEqual([2]);
  held.take([event(1), cancellation, event(4)], 0);
  expect(drawsAt(held, 100)).toEqual([2, 4]);
  expect(held.through).toBe(4);
});

test('a cancellation for a tick that has begun is refused like an event', () => {
  const held = new HeldEvents();
  held.take([event(1)], 0);
  const cancellation = {
    sequence: 2,
    tick: 100,
    event: { kind: 'cancellation', cancels: 1 },
  } as const;
  expect(() => held.take([cancellation], 101)).toThrow(
    expect.objectContaining({ code: 'EVENT_TOO_LATE' }),
  );
});
