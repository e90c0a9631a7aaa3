import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EventListInput,
  listEvents,
} from '../../../../services/coordinator/watching/event-list.ts';
import type { InjectedEvent } from '../../../../services/world/events.ts';

const random = { seed: 20, width: 64, height: 64 };
const injectedAt = (ticks: number[]): InjectedEvent[] =>
  ticks.map((tick, i) => ({ sequence: i + 1, tick, event: { kind: 'newTopography' } }));

const list = (input: Partial<EventListInput>) =>
  listEvents({ random, horizon: 10_000, injected: [], from: undefined, limit: 1_000, ...input });

test('random events are listed below the horizon, where the world has any', () => {
  const [first] = list({});
  const tick = first?.tick ?? 0;
  expect(tick).toBeGreaterThanOrEqual(400);
  expect(list({ horizon: tick })).toEqual([]);
  expect(list({ horizon: tick + 1 })).toEqual([first]);
  expect(list({ random: undefined })).toEqual([]);
});

test('injected events are listed wherever they are, after random ones of their tick', () => {
  const [first] = list({});
  const tick = first?.tick ?? 0;
  const listed = list({ horizon: tick + 1, injected: injectedAt([90_000, tick, 3, tick]) });
  expect(listed.map((event) => [event.tick, event.sequence])).toEqual([
    [3, 3],
    [tick, null],
    [tick, 2],
    [tick, 4],
    [90_000, 1],
  ]);
});

test('without a tick the newest are given', () => {
  const injected = injectedAt([20_000, 50]);
  const all = list({ injected });
  expect(all.length).toBeGreaterThan(20);
  expect(list({ injected, limit: 5 })).toEqual(all.slice(-5));
});

describe('pages', () => {
  test('put together are the whole list, each of whole ticks', () => {
    const ticks = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(ticks, fc.integer({ min: 1, max: 12 }), (injectedTicks, limit) => {
        const injected = injectedAt(injectedTicks);
        const all = list({ injected, from: 0 });
        const paged = [];
        for (let from = 0; ; ) {
          const page = list({ injected, from, limit });
          const last = page.at(-1);
          if (last === undefined) break;
          const ticksOfPage = new Set(page.map(({ tick }) => tick));
          if (ticksOfPage.size > 1) expect(page.length).toBeLessThanOrEqual(limit);
          paged.push(...page);
          from = last.tick + 1;
        }
        expect(paged).toEqual(all);
      }),
      { numRuns: 50 },
    );
  });

  test('of one tick with more than the limit have all of it', () => {
    const injected = injectedAt([100, 100, 100, 101]);
    const page = list({ injected, from: 0, limit: 2 });
    expect(page.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });
});
