import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EVENT_BOUNDS,
  RANDOM_EVENT_KINDS,
  type RandomEventKind,
  type TimedEvent,
} from '../../../../services/world/events/events.ts';
import { randomEvents } from '../../../../services/world/events/random-schedule.ts';
import { RULE_NAMES } from '../../../../services/world/spec/rules.ts';
import { seeds } from '../worlds.ts';

const world = { width: 300, height: 200 };

/** The random events of the ticks below `endTick`. */
function eventsUntil(seed: number, endTick: number): TimedEvent[] {
  const events: TimedEvent[] = [];
  for (const event of randomEvents({ seed, ...world })) {
    if (event.tick >= endTick) return events;
    events.push(event);
  }
  return events;
}

const ticksOf = (kind: RandomEventKind, events: TimedEvent[]) =>
  events.filter(({ event }) => event.kind === kind).map(({ tick }) => tick);

describe('the random events of a world', () => {
  it('come in the order of their ticks, those of one tick in the order of their kinds', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const events = eventsUntil(seed, 60_000);
        const kinds: readonly string[] = RANDOM_EVENT_KINDS;
        const places = events.map(
          ({ tick, event }) => tick * kinds.length + kinds.indexOf(event.kind),
        );
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['newTopography', 5_000, 7_999],
    // The others are now and then left out, which makes a gap of two intervals.
    ['createCreature', 400, 499],
    ['extraFood', 1_000, 1_999],
    ['ruleChange', 2_000, 2_999],
    ['extinction', 10_000, 49_999],
  ] as const)('%s comes every %i to %i ticks outside of silences', (kind, least, most) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const events = eventsUntil(seed, 200_000);
        const ticks = [0, ...ticksOf(kind, events)];
        const topographies = ticksOf('newTopography', events);
        for (let i = 1; i < ticks.length; i++) {
          const [before = 0, tick = 0] = ticks.slice(i - 1, i + 1);
          const isCut =
            kind !== 'newTopography' &&
            topographies.some((silence) => silence > before - 2_000 && silence <= tick);
          expect(tick - before).toBeGreaterThanOrEqual(least);
          if (!isCut) expect(tick - before).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('are none of another kind for 2,000 ticks from a topography on', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const events = eventsUntil(seed, 100_000);
        const topographies = ticksOf('newTopography', events);
        expect(topographies.length).toBeGreaterThan(11);
        for (const { tick, event } of events) {
          if (event.kind === 'newTopography') continue;
          expect(topographies.some((from) => tick >= from && tick < from + 2_000)).toBe(false);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('are of every kind that comes at random and of no other, within its bounds, and reach all of them', () => {
    const seen = new Map<string, Set<unknown>>();
    const kinds = new Set<string>();
    for (let seed = 0; seed < 400; seed++) {
      for (const { event } of eventsUntil(seed, 30_000)) {
        kinds.add(event.kind);
        for (const [name, value] of Object.entries(event)) {
          const key = `${event.kind}.${name}`;
          seen.set(key, (seen.get(key) ?? new Set()).add(value));
        }
      }
    }
    expect(kinds).toEqual(new Set(RANDOM_EVENT_KINDS));
    const range = (least: number, most: number) =>
      Array.from({ length: most - least + 1 }, (_, i) => least + i);
    const both = ([least, most]: readonly [number, number]) =>
      [...range(-most, -least), ...range(least, most)].sort((a, b) => a - b);
    const sorted = (key: string) =>
      [...(seen.get(key) ?? [])].sort((a, b) => Number(a) - Number(b));
    const { radius, size, amount, percent } = EVENT_BOUNDS;
    expect(sorted('createCreature.x')).toEqual(range(0, 299));
    expect(sorted('createCreature.y')).toEqual(range(0, 199));
    expect(sorted('createCreature.radiusX')).toEqual(range(...radius));
    expect(sorted('createCreature.radiusY')).toEqual(range(...radius));
    expect(sorted('createCreature.size')).toEqual(range(...size));
    expect(sorted('createCreature.canKill')).toEqual([false, true]);
    expect(sorted('createCreature.canMove')).toEqual([false, true]);
    expect(sorted('extraFood.amount')).toEqual(both(amount));
    expect(sorted('ruleChange.percent')).toEqual(both(percent));
    expect(new Set(seen.get('ruleChange.rule'))).toEqual(new Set(RULE_NAMES));
    const colours = sorted('createCreature.colour') as number[];
    expect(Math.min(...colours)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...colours)).toBeLessThan(2 ** 24);
    expect(new Set(colours.map((colour) => colour >>> 16)).size).toBe(256);
  });

  it('fall on the same ticks in a world of any size', () => {
    const ticks = (size: typeof world) => {
      const first: number[] = [];
      for (const { tick } of randomEvents({ seed: 9, ...size })) {
        if (first.push(tick) === 50) break;
      }
      return first;
    };
    expect(ticks({ width: 2000, height: 1250 })).toEqual(ticks(world));
  });
});
