import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mix } from '../../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_KINDS,
  type InjectedEvent,
} from '../../../../services/world/events/events.ts';
import {
  CHANGE_NAMES,
  type Changes,
  EMPTY_CHANGES,
  growthOf,
  mergeChanges,
} from '../../../../services/world/measuring/changes.ts';
import { SingleWorld, type SingleWorldOptions } from '../../../../services/world/single-world.ts';
import { seeds, specOf } from '../worlds.ts';

const size = { width: 96, height: 64 };

/** An event of any kind. */
const anyEvent = fc
  .record({ kind: fc.constantFrom(...EVENT_KINDS), seed: seeds, tick: fc.nat(39) })
  .map(({ kind, seed, tick }) => ({ tick, event: drawEvent(kind, (j) => mix(seed ^ j), size) }));

const anyEvents = fc
  .array(anyEvent, { maxLength: 6 })
  .map((events) => events.map((event, i): InjectedEvent => ({ ...event, sequence: i + 1 })));

/** The changes of a world in two spans of twenty ticks, and the growth of its population in each. */
function spans(seed: number, options: SingleWorldOptions) {
  const world = new SingleWorld(specOf({ ...size, shardSize: 32, seed }), options);
  return [20, 40].map((end) => {
    const before = world.statistics().population;
    while (world.tick < end) world.step();
    return { changes: world.takeChanges(), growth: world.statistics().population - before };
  });
}

describe('changes', () => {
  it('account for every creature that came or went, events included', () => {
    let seen: Changes = EMPTY_CHANGES;
    fc.assert(
      fc.property(seeds, anyEvents, (seed, events) => {
        for (const { changes, growth } of spans(seed, { events })) {
          expect(growthOf(changes)).toBe(growth);
          seen = mergeChanges(seen, changes);
        }
      }),
      { numRuns: 25 },
    );
    // The law above would hold where nothing happens: make sure that everything did.
    for (const name of CHANGE_NAMES) expect([name, seen[name]]).not.toEqual([name, 0]);
  });

  it('of shards add up to those of the whole world, however wide their margins are', () => {
    fc.assert(
      fc.property(
        seeds,
        anyEvents,
        fc.constantFrom(16, 32),
        fc.integer({ min: 1, max: 4 }),
        (seed, events, shardSize, ticksPerExchange) => {
          const parts = spans(seed, { events, shardSize, ticksPerExchange });
          expect(parts).toEqual(spans(seed, { events }));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('are none at genesis, and none after they were taken', () => {
    const world = new SingleWorld(specOf({ ...size, shardSize: 32 }));
    expect(world.takeChanges()).toEqual(EMPTY_CHANGES);
    world.step();
    expect(world.takeChanges()).not.toEqual(EMPTY_CHANGES);
    expect(world.takeChanges()).toEqual(EMPTY_CHANGES);
  });
});
