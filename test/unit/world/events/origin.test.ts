import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InjectedEvent } from '../../../../services/world/events/events.ts';
import { firstTickOf, GENESIS } from '../../../../services/world/events/origin.ts';
import { RandomSchedule, randomEvents } from '../../../../services/world/events/random-schedule.ts';
import { injectedAt, Timeline } from '../../../../services/world/events/timeline.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { stateOf } from '../../../support/world-states.ts';
import { seeds, specOf } from '../worlds.ts';

test('a world starts at tick 0 from genesis, and at its own tick from a state', () => {
  expect(firstTickOf(GENESIS)).toBe(0);
  const world = new SingleWorld(specOf({ width: 16, height: 16, seed: 1 }));
  for (let i = 0; i < 3; i++) world.step();
  expect(firstTickOf(world.originHere())).toBe(3);
});

describe('a schedule that goes on from the state of another', () => {
  test('has the same random events, wherever that state was taken', () => {
    fc.assert(
      fc.property(seeds, fc.nat(200), (seed, taken) => {
        const spec = { seed, width: 64, height: 64 };
        const whole = new RandomSchedule(spec);
        for (let i = 0; i < taken; i++) whole.next();
        const resumed = new RandomSchedule(spec, structuredClone(whole.state));
        for (let i = 0; i < 50; i++) expect(resumed.next()).toEqual(whole.next());
      }),
      { numRuns: 50 },
    );
  });
});

describe('a timeline that goes on from the state of another', () => {
  test('has the same events and conditions, random and injected ones', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 12_000 }), (seed, tick) => {
        const spec = specOf({ width: 64, height: 64, seed, randomEvents: true });
        const log: InjectedEvent[] = [tick - 1, tick, tick + 7].map((at, i) => ({
          sequence: i + 1,
          tick: Math.max(0, at),
          event: { kind: 'ruleChange', rule: 'maxFood', percent: 10 },
        }));
        const whole = new Timeline(spec, injectedAt(log));
        for (let t = 0; t < tick; t++) whole.happen(t);
        const resumed = new Timeline(spec, injectedAt(log), structuredClone(whole.originHere(3)));
        for (let t = tick; t < tick + 3_000; t++) {
          expect(resumed.happen(t)).toEqual(whole.happen(t));
        }
        expect(resumed.originHere(3)).toEqual(whole.originHere(3));
      }),
      { numRuns: 20 },
    );
  });

  test('does not let events of earlier ticks happen again', () => {
    const spec = specOf({ width: 64, height: 64, seed: 3, randomEvents: true });
    const [first] = randomEvents(spec);
    const whole = new Timeline(spec);
    for (let t = 0; t <= first!.tick; t++) whole.happen(t);
    const resumed = new Timeline(spec, undefined, whole.originHere(0));
    expect(resumed.happen(first!.tick + 1)).toEqual([]);
    expect(() => resumed.happen(0)).toThrow('events of tick 0');
  });

  test('refuses a state whose schedule has stood still: its random events would be lost', () => {
    const spec = specOf({ width: 64, height: 64, seed: 3, randomEvents: true });
    const [first] = randomEvents(spec);
    const genesis = new Timeline(spec).originHere(0);
    const at = (tick: number) => () => new Timeline(spec, undefined, { ...genesis, tick });
    expect(at(first!.tick)).not.toThrow();
    expect(at(first!.tick + 1)).toThrow(`whose next random event is of tick ${first!.tick}`);
  });
});

test('a state knows all injected events that its world knew, and those of the state before', () => {
  const spec = specOf({ width: 16, height: 16, seed: 1 });
  const food = (sequence: number, tick: number): InjectedEvent => ({
    ...{ sequence, tick },
    event: { kind: 'extraFood', amount: 1 },
  });
  const first = new SingleWorld(spec, { events: [food(2, 90), food(1, 0)] });
  first.step();
  expect(first.originHere()).toMatchObject({ tick: 1, eventSeq: 2 });
  const start = stateOf(first);
  expect(new SingleWorld(spec, { start }).originHere().eventSeq).toBe(2);
  expect(new SingleWorld(spec, { start, events: [food(3, 95)] }).originHere().eventSeq).toBe(3);
});

test('a world that starts in a state of another reaches the same digests, however it is cut', () => {
  const cuts = fc.record({
    shardSize: fc.constantFrom(8, 16, 32),
    ticksPerExchange: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(seeds, cuts, cuts, fc.nat(45), (seed, before, after, tick) => {
      const spec = specOf({ width: 32, height: 32, seed });
      const events: InjectedEvent[] = [
        { sequence: 1, tick: 3, event: { kind: 'extraFood', amount: 2 } },
        { sequence: 2, tick: 40, event: { kind: 'newTopography' } },
        { sequence: 3, tick: 41, event: { kind: 'extraFood', amount: -1 } },
      ];
      const undisturbed = new SingleWorld(spec, { events });
      const first = new SingleWorld(spec, { ...before, events });
      while (first.tick < tick) first.step();
      const second = new SingleWorld(spec, { ...after, events, start: stateOf(first) });
      expect(second.tick).toBe(tick);
      while (undisturbed.tick < tick) undisturbed.step();
      for (let i = 0; i < 12; i++) {
        expect(second.digest()).toBe(undisturbed.digest());
        expect(second.statistics()).toEqual(undisturbed.statistics());
        second.step();
        undisturbed.step();
      }
    }),
    { numRuns: 20 },
  );
});
