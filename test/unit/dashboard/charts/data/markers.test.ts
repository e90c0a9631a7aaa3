import { expect, test } from 'vitest';
import { markersOf } from '../../../../../services/dashboard/src/charts/data/markers.ts';
import type { ColonyEvent } from '../../../../../services/protocol/colony/colony-event.ts';

const event = (tick: number, cancelled?: true): ColonyEvent => ({
  sequence: null,
  origin: 'random',
  tick,
  kind: 'newTopography',
  ...(cancelled && { cancelled }),
});

test('events stand where they happened; those too near to each other share a mark', () => {
  const events = [event(100), event(101), event(500), event(900)];
  const markers = markersOf(events, { from: 0, to: 1_000 }, 500);
  expect(markers.map(({ leftPx, events: of }) => [leftPx, of.length])).toEqual([
    [50, 2],
    [250, 1],
    [450, 1],
  ]);
});

test('events beyond the range and cancelled ones have no mark', () => {
  const events = [event(99), event(150, true), event(201)];
  expect(markersOf(events, { from: 100, to: 200 }, 500)).toEqual([]);
});

test('where there is no room there are no marks', () => {
  expect(markersOf([event(5)], { from: 0, to: 10 }, 0)).toEqual([]);
  expect(markersOf([event(5)], { from: 5, to: 5 }, 100)).toEqual([]);
});
