import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mix } from '../../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_KINDS,
  type InjectedEvent,
  type WorldEvent,
} from '../../../../services/world/events/events.ts';
import { randomEvents } from '../../../../services/world/events/random-schedule.ts';
import { injectedAt, Timeline } from '../../../../services/world/events/timeline.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { seeds, specOf } from '../worlds.ts';

const extinction = (draw: number): WorldEvent => ({ kind: 'extinction', draw });
const injected = (sequence: number, tick: number, event: WorldEvent): InjectedEvent => ({
  sequence,
  tick,
  event,
});

describe('a timeline', () => {
  it('lets random events happen before injected ones, and those by sequence', () => {
    const spec = specOf({ width: 64, height: 64, seed: 3, randomEvents: true });
    const [random] = randomEvents(spec);
    const { tick, event } = random as { tick: number; event: WorldEvent };
    const log = [injected(2, tick, extinction(2)), injected(1, tick, extinction(1))];
    const timeline = new Timeline(spec, injectedAt(log));
    for (let before = 0; before < tick; before++) expect(timeline.happen(before)).toEqual([]);
    const events = timeline.happen(tick).map((happening) => happening.event);
    expect(events).toEqual([event, extinction(1), extinction(2)]);
  });

  it('has no random events where the spec wants none', () => {
    const timeline = new Timeline(specOf({ seed: 3, randomEvents: false }));
    let happened = 0;
    for (let tick = 0; tick < 10_000; tick++) happened += timeline.happen(tick).length;
    expect(happened).toBe(0);
  });

  it('knows ahead which ticks have no events', () => {
    const spec = specOf({ width: 64, height: 64, seed: 3, randomEvents: true });
    const [random] = randomEvents(spec);
    const first = (random as { tick: number }).tick;
    const timeline = new Timeline(spec, injectedAt([injected(1, 7, extinction(1))]));
    const steps: number[] = [];
    for (let tick = 0; tick < first; ) {
      const ticks = timeline.ticksAlike(10_000);
      steps.push(ticks);
      for (const end = tick + ticks; tick < end; tick++) timeline.happen(tick);
    }
    expect(steps).toEqual([7, first - 7]);
    expect(timeline.ticksAlike(1)).toBe(1);
  });

  it('passes over no event, however they follow each other', () => {
    // Seed 1 has random events in two successive ticks: 1380 and 1381.
    for (const seed of [1, 2, 3]) {
      const spec = specOf({ width: 64, height: 64, seed, randomEvents: true });
      const [alike, oneByOne] = [new Timeline(spec), new Timeline(spec)];
      const expected: number[] = [];
      for (let tick = 0; tick < 6_000; tick++) {
        if (oneByOne.happen(tick).length > 0) expected.push(tick);
      }
      const met: number[] = [];
      for (let tick = 0; tick < 6_000; ) {
        const ticks = alike.ticksAlike(4 - (tick % 4));
        if (alike.happen(tick).length > 0) met.push(tick);
        for (let quiet = tick + 1; quiet < tick + ticks; quiet++) {
          expect(alike.happen(quiet)).toEqual([]);
        }
        tick += ticks;
      }
      expect(met).toEqual(expected);
      expect(seed !== 1 || (met.includes(1380) && met.includes(1381))).toBe(true);
    }
  });

  it('gives each event the conditions that hold once it has happened', () => {
    const change: WorldEvent = { kind: 'ruleChange', rule: 'maxFood', percent: 10 };
    const land: WorldEvent = { kind: 'newTopography' };
    const log = [change, land, change].map((event, i) => injected(i + 1, 0, event));
    const spec = specOf({ randomEvents: false });
    const timeline = new Timeline(spec, injectedAt(log));
    const seen = timeline.happen(0).map(({ conditions }) => conditions);
    expect(seen.map(({ rules }) => rules.maxFood)).toEqual([1_100, 1_100, 1_210]);
    expect(seen.map(({ terrainNumber }) => terrainNumber)).toEqual([0, 1, 1]);
    expect(timeline.rules).toEqual({ ...spec.rules, maxFood: 1_210 });
  });

  it('keeps to the order of ticks', () => {
    const timeline = new Timeline(specOf({}));
    timeline.happen(0);
    expect(() => timeline.happen(0)).toThrow('events of tick 0 after 0');
    expect(() => timeline.happen(2)).toThrow('events of tick 2 after 0');
  });
});

/** A few injected events of any kind within the first ticks. */
const logs = (endTick: number) =>
  fc.array(
    fc.record({
      tick: fc.integer({ min: 0, max: endTick }),
      kind: fc.constantFrom(...EVENT_KINDS),
      draw: seeds,
    }),
    { minLength: 1, maxLength: 8 },
  );

describe('a world with events', () => {
  it('is the same in any partition and with any halo width', () => {
    fc.assert(
      fc.property(
        logs(30),
        seeds,
        fc.constantFrom(16, 24, 48),
        fc.integer({ min: 1, max: 4 }),
        (log, seed, shardSize, ticksPerExchange) => {
          const size = { width: 96, height: 48 };
          const events = log.map(({ tick, kind, draw }, i) =>
            injected(
              i + 1,
              tick,
              drawEvent(kind, (j) => mix(draw + j), size),
            ),
          );
          const spec = specOf({ ...size, seed, randomEvents: true });
          const inOnePiece = new SingleWorld(spec, { events });
          const inShards = new SingleWorld(spec, { events, shardSize, ticksPerExchange });
          for (let tick = 0; tick < 32; tick++) {
            inOnePiece.step();
            inShards.step();
            expect(inShards.digest()).toBe(inOnePiece.digest());
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it('is the same with random events, and differs from one without', () => {
    const spec = specOf({ width: 32, height: 32, seed: 20, randomEvents: true });
    const inOnePiece = new SingleWorld(spec);
    const inShards = new SingleWorld(spec, { shardSize: 16, ticksPerExchange: 3 });
    while (inOnePiece.tick < 550) {
      inOnePiece.step();
      inShards.step();
      if (inOnePiece.tick % 50 === 0) expect(inShards.digest()).toBe(inOnePiece.digest());
    }
    const quiet = new SingleWorld({ ...spec, randomEvents: false });
    while (quiet.tick < 550) quiet.step();
    expect(quiet.digest()).not.toBe(inOnePiece.digest());
  });

  it('is the world without events up to the tick of the first one, and then another', () => {
    const spec = specOf({ width: 48, height: 48, seed: 5, randomEvents: false });
    const quiet = new SingleWorld(spec);
    const events = [injected(1, 10, { kind: 'extraFood', amount: 1 })];
    const world = new SingleWorld(spec, { events });
    for (let tick = 0; tick <= 10; tick++) {
      expect(world.digest()).toBe(quiet.digest());
      world.step();
      quiet.step();
    }
    expect(world.digest()).not.toBe(quiet.digest());
  });
});
