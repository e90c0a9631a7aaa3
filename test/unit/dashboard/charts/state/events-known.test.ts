import { expect, test } from 'vitest';
import type { ChartsApi } from '../../../../../services/dashboard/src/charts/state/charts-api.ts';
import { EventsKnown } from '../../../../../services/dashboard/src/charts/state/events-known.ts';
import type { ColonyEvent } from '../../../../../services/protocol/colony/colony-event.ts';

const event = (tick: number): ColonyEvent => ({
  sequence: null,
  origin: 'random',
  tick,
  kind: 'newTopography',
});

function knownOf(ticks: readonly number[]) {
  const asked: number[] = [];
  const api: Pick<ChartsApi, 'events'> = {
    events: async (from: number, limit: number) => {
      asked.push(from);
      return ticks
        .filter((tick) => tick >= from)
        .slice(0, limit)
        .map(event);
    },
  };
  return { known: new EventsKnown(api), asked };
}

const ticksOf = (known: EventsKnown) => known.all.value.map(({ tick }) => tick);

test('events that are to come are not marked, and asked for again when they may have happened', async () => {
  const { known, asked } = knownOf([10, 50]);
  await known.follow({ from: 0, to: 40 });
  expect(ticksOf(known)).toEqual([10]);
  await known.follow({ from: 0, to: 60 });
  expect(ticksOf(known)).toEqual([10, 50]);
  expect(asked).toEqual([0, 41]);
});

test('what is known is not asked for again', async () => {
  const { known, asked } = knownOf([10]);
  await known.follow({ from: 0, to: 40 });
  await known.follow({ from: 20, to: 40 });
  expect(asked).toEqual([0]);
});

test('an earlier range is asked for from its beginning', async () => {
  const { known } = knownOf([10, 100]);
  await known.follow({ from: 90, to: 120 });
  expect(ticksOf(known)).toEqual([100]);
  await known.follow({ from: 0, to: 120 });
  expect(ticksOf(known)).toEqual([10, 100]);
});

test('many events come page by page, and are bounded', async () => {
  const { known, asked } = knownOf(Array.from({ length: 9_000 }, (_, i) => i * 10));
  for (let i = 0; i < 20; i++) await known.follow({ from: 0, to: 100_000 });
  expect(known.all.value).toHaveLength(5_000);
  expect(asked).toHaveLength(5);
  expect(known.cutAtTick.value).toBe(49_990);
});
