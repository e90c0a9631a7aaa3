import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCellBlock } from '../../../../services/world/cells/cell-block.ts';
import { applyEvent } from '../../../../services/world/events/apply-event.ts';
import {
  conditionsAfter,
  firstConditions,
  type WorldEvent,
} from '../../../../services/world/events/events.ts';
import { restoreTerrain } from '../../../../services/world/events/restore-terrain.ts';
import { NO_SHIFT, shiftAfter, shifted } from '../../../../services/world/events/terrain-shift.ts';
import { writeTerrain } from '../../../../services/world/genesis/genesis.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { seeds } from '../worlds.ts';

const world = { worldWidth: 40, worldHeight: 30 };

/** Events that change the land, with long runs in one direction likely: they reach both ends. */
const landEvents: fc.Arbitrary<WorldEvent[]> = fc
  .array(
    fc.oneof(
      { weight: 1, arbitrary: fc.constant([{ kind: 'newTopography' } as const]) },
      {
        weight: 12,
        arbitrary: fc
          .record({
            amount: fc.constantFrom(-4, -3, -1, 1, 2, 4),
            times: fc.integer({ min: 1, max: 130 }),
          })
          .map(({ amount, times }) =>
            Array.from({ length: times }, () => ({ kind: 'extraFood', amount }) as const),
          ),
      },
    ),
    { maxLength: 8 },
  )
  .map((runs) => runs.flat());

test('terrain follows from the seed and the conditions, whatever happened, margins included', () => {
  const places = fc.record({
    x: fc.nat(39),
    y: fc.nat(29),
    width: fc.integer({ min: 1, max: 20 }),
    height: fc.integer({ min: 1, max: 20 }),
    halo: fc.integer({ min: 0, max: 6 }),
  });
  fc.assert(
    fc.property(places, seeds, landEvents, (place, seed, events) => {
      const applied = createCellBlock({ ...place, ...world });
      const restored = createCellBlock({ ...place, ...world });
      writeTerrain(applied, seed, 0);
      restored.extraFood.fill(77);
      let conditions = firstConditions(DEFAULT_RULES);
      events.forEach((event, tick) => {
        conditions = conditionsAfter(conditions, event);
        applyEvent(applied, event, conditions, seed, tick);
      });
      restoreTerrain(restored, seed, conditions);
      expect(restored.extraFood).toEqual(applied.extraFood);
    }),
    { numRuns: 60 },
  );
});

test('a shift is what its changes do one after another, to every value', () => {
  const amounts = fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 12 });
  fc.assert(
    fc.property(amounts, (changes) => {
      const shift = changes.reduce(shiftAfter, NO_SHIFT);
      for (let value = 0; value <= 255; value++) {
        const step = (x: number, amount: number) => Math.min(255, Math.max(0, x + amount));
        expect(shifted(value, shift)).toBe(changes.reduce(step, value));
      }
      for (const bounded of [shift.amount + 255, shift.least, shift.most]) {
        expect(bounded).toBeGreaterThanOrEqual(0);
      }
      expect(shift.amount).toBeLessThanOrEqual(255);
      expect(shift.least).toBeLessThanOrEqual(shift.most);
    }),
    { numRuns: 300 },
  );
});

test('only the terrain is restored', () => {
  const block = createCellBlock({ x: 0, y: 0, width: 9, height: 9, halo: 1, ...world });
  block.food.fill(7);
  block.size.fill(3);
  restoreTerrain(block, 1, firstConditions(DEFAULT_RULES));
  expect(new Set(block.food)).toEqual(new Set([7]));
  expect(new Set(block.size)).toEqual(new Set([3]));
});
