import { expect, test } from 'vitest';
import { nearestEvents } from '../../../../services/dashboard/src/panel/nearest-events.ts';
import type { ColonyEvent } from '../../../../services/protocol/colony/colony-event.ts';

const eventsAt = (...ticks: number[]) =>
  ticks.map(
    (tick): ColonyEvent => ({ sequence: null, tick, origin: 'random', kind: 'newTopography' }),
  );
const ticksOf = (events: ColonyEvent[]) => events.map(({ tick }) => tick);

test('half of those that are shown are to come, the latest first', () => {
  const all = eventsAt(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16);
  expect(ticksOf(nearestEvents(all, 10))).toEqual([14, 13, 12, 11, 6, 5, 4, 3]);
});

test('what one half leaves free the other takes', () => {
  expect(ticksOf(nearestEvents(eventsAt(1, 2, 3, 4, 5, 6, 7, 8, 9, 20), 10))).toEqual([
    20, 9, 8, 7, 6, 5, 4, 3,
  ]);
  expect(ticksOf(nearestEvents(eventsAt(1, 20, 21, 22, 23, 24, 25, 26, 27, 28), 10))).toEqual([
    26, 25, 24, 23, 22, 21, 20, 1,
  ]);
});

test('an event of this very tick is to come', () => {
  expect(ticksOf(nearestEvents(eventsAt(10), 10))).toEqual([10]);
});
