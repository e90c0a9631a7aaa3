import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LifeScale } from '../../../../services/dashboard/src/timeline/life-scale.ts';

test('a life without events to come takes the whole bar', () => {
  const scale = new LifeScale(1000, 1000);
  expect(scale.nowAt).toBe(1);
  expect(scale.at(0)).toBe(0);
  expect(scale.at(250)).toBe(0.25);
  expect(scale.at(1000)).toBe(1);
});

test('what is to come is on the bar however far off it is, in its order', () => {
  const scale = new LifeScale(1000, 1_000_000);
  const places = [999, 1000, 1001, 2000, 50_000, 1_000_000].map((tick) => scale.at(tick));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places.at(-1)).toBeLessThanOrEqual(1);
  expect(scale.nowAt).toBeGreaterThan(0.8);
});

test('a colony that has just begun has its now at a place', () => {
  expect(new LifeScale(0, 0).at(0)).toBe(1);
  expect(new LifeScale(0, 50).at(0)).toBeLessThan(new LifeScale(0, 50).at(50));
});

test('a tick of the past is found again at its place', () => {
  const tick = fc.nat(1_000_000);
  fc.assert(
    fc.property(tick, tick, fc.nat(10_000), (a, b, ahead) => {
      const now = Math.max(a, b);
      const scale = new LifeScale(now, now + ahead);
      expect(scale.tickAt(scale.at(Math.min(a, b)))).toBe(Math.min(a, b));
    }),
  );
});

test('a place beyond the ends is the end', () => {
  const scale = new LifeScale(1000, 2000);
  expect(scale.tickAt(-0.1)).toBe(0);
  expect(scale.tickAt(0.99)).toBe(1000);
});
