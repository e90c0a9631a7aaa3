import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  inOrder,
  type ListedEvent,
  listEvents,
} from '../../../../services/coordinator/watching/event-list.ts';

const event = { kind: 'newTopography' } as const;
const randomAt = (ticks: number[]): ListedEvent[] =>
  ticks.map((tick) => ({ sequence: null, tick, event })).sort(inOrder);
const injectedAt = (ticks: number[]): ListedEvent[] =>
  ticks.map((tick, i) => ({ sequence: i + 1, tick, event })).sort(inOrder);

test('events of all sources are listed by tick, random before injected ones', () => {
  const sources = [randomAt([500, 900]), injectedAt([90_000, 500, 3, 500])];
  const listed = listEvents(sources, { from: 0, limit: 30, now: 0 });
  expect(listed.map(({ tick, sequence }) => [tick, sequence])).toEqual([
    [3, 3],
    [500, null],
    [500, 2],
    [500, 4],
    [900, null],
    [90_000, 1],
  ]);
});

describe('without a tick', () => {
  const sources = [randomAt([1, 2, 3, 40]), injectedAt([50, 5]), injectedAt([7])];
  const all = listEvents(sources, { from: 0, limit: 1_000, now: 0 });
  const ticksAround = (now: number, limit: number) =>
    listEvents(sources, { from: undefined, limit, now }).map(({ tick }) => tick);

  test('of events that have all happened the newest are given', () => {
    for (let limit = 1; limit <= 8; limit++) {
      const listed = listEvents(sources, { from: undefined, limit, now: 51 });
      expect(listed).toEqual(all.slice(-limit));
    }
  });

  test('of events that are all to come the next are given', () => {
    expect(ticksAround(0, 3)).toEqual([1, 2, 3]);
  });

  test('half of the places are for the newest, half for the next', () => {
    expect(ticksAround(5, 4)).toEqual([2, 3, 5, 7]);
    expect(ticksAround(5, 1)).toEqual([3]);
  });

  test('what the one leaves free the others take', () => {
    expect(ticksAround(2, 5)).toEqual([1, 2, 3, 5, 7]);
    expect(ticksAround(50, 5)).toEqual([3, 5, 7, 40, 50]);
    expect(ticksAround(5, 30)).toEqual([1, 2, 3, 5, 7, 40, 50]);
  });

  test('what is to come hides nothing that happened, however much it is', () => {
    const many = injectedAt(Array.from({ length: 500 }, (_, i) => 1_000 + i));
    const listed = listEvents([randomAt([1, 2, 3, 40]), many], {
      ...{ from: undefined, limit: 8, now: 41 },
    });
    expect(listed.map(({ tick }) => tick)).toEqual([1, 2, 3, 40, 1_000, 1_001, 1_002, 1_003]);
  });
});

describe('pages', () => {
  test('put together are the whole list, each of whole ticks', () => {
    const ticks = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
    fc.assert(
      fc.property(ticks, ticks, fc.integer({ min: 1, max: 12 }), (random, injected, limit) => {
        const sources = [randomAt(random), injectedAt(injected)];
        const all = listEvents(sources, { from: 0, limit: 1_000, now: 0 });
        const paged = [];
        for (let from = 0; ; ) {
          const page = listEvents(sources, { from, limit, now: 0 });
          const last = page.at(-1);
          if (last === undefined) break;
          const ticksOfPage = new Set(page.map(({ tick }) => tick));
          if (ticksOfPage.size > 1) expect(page.length).toBeLessThanOrEqual(limit);
          paged.push(...page);
          from = last.tick + 1;
        }
        expect(paged).toEqual(all);
        expect(all).toHaveLength(random.length + injected.length);
      }),
      { numRuns: 200 },
    );
  });

  test('of one tick with more than the limit have all of it', () => {
    const page = listEvents([injectedAt([100, 100, 100, 101])], { from: 0, limit: 2, now: 0 });
    expect(page.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });
});
