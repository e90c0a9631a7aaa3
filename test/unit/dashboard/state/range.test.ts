import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chosenRange,
  isLive,
  newestTicks,
  panned,
  RANGE_TICKS_MIN,
  resolveRange,
  WHOLE_LIFE,
  zoomed,
} from '../../../../services/dashboard/src/state/range.ts';

const tick = fc.integer({ min: 0, max: 10_000_000 });

test('the whole life goes from tick 0 to the newest', () => {
  expect(resolveRange(WHOLE_LIFE, 5_000)).toEqual({ from: 0, to: 5_000 });
});

test('a live window ends with the newest tick and moves on with it', () => {
  expect(resolveRange(newestTicks(1_000), 5_000)).toEqual({ from: 4_000, to: 5_000 });
  expect(resolveRange(newestTicks(1_000), 6_000)).toEqual({ from: 5_000, to: 6_000 });
  expect(isLive(newestTicks(1_000))).toBe(true);
});

test('a range stays where it is as the world goes on', () => {
  const choice = { from: 1_000, to: 2_000 };
  expect(resolveRange(choice, 5_000)).toEqual(resolveRange(choice, 50_000));
  expect(isLive(choice)).toBe(false);
});

test('what an address asks for lies within the life, whatever it says', () => {
  const any = fc.option(fc.integer({ min: -20_000_000, max: 20_000_000 }), { nil: undefined });
  fc.assert(
    fc.property(any, any, tick, (from, to, newest) => {
      const range = resolveRange({ from, to }, newest);
      expect(range.from).toBeGreaterThanOrEqual(0);
      expect(range.to).toBeLessThanOrEqual(newest);
      expect(range.to - range.from).toBeGreaterThanOrEqual(Math.min(range.to, RANGE_TICKS_MIN));
    }),
  );
});

test('what is drawn over from right to left is the same as from left to right', () => {
  expect(chosenRange(3_000, 1_000, 9_000)).toEqual(chosenRange(1_000, 3_000, 9_000));
});

test('a choice that reaches the newest tick is live, one that begins at 0 has no beginning of its own', () => {
  expect(chosenRange(0, 9_000, 9_000)).toEqual(WHOLE_LIFE);
  expect(chosenRange(4_000, 9_500, 9_000)).toEqual({ from: 4_000, to: undefined });
});

test('a choice is not shorter than the least', () => {
  fc.assert(
    fc.property(
      tick,
      tick,
      fc.integer({ min: RANGE_TICKS_MIN, max: 10_000_000 }),
      (a, b, newest) => {
        const { from, to } = resolveRange(chosenRange(a, b, newest), newest);
        expect(to - from).toBeGreaterThanOrEqual(RANGE_TICKS_MIN);
      },
    ),
  );
});

test('what is zoomed keeps the tick round which it is zoomed', () => {
  expect(zoomed({ from: 2_000, to: 6_000 }, 4_000, 0.5, 9_000)).toEqual({ from: 3_000, to: 5_000 });
  expect(zoomed({ from: 2_000, to: 6_000 }, 4_000, 100, 9_000)).toEqual(WHOLE_LIFE);
});

test('what is moved to an end of the life stays as long as it is', () => {
  expect(panned({ from: 1_000, to: 3_000 }, -1, 9_000)).toEqual({ from: undefined, to: 2_000 });
  expect(panned({ from: 6_000, to: 8_000 }, 1, 9_000)).toEqual({ from: 7_000, to: undefined });
});
