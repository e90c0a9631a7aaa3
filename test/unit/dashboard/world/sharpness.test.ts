import { expect, test } from 'vitest';
import { Sharpness } from '../../../../services/dashboard/src/world/drawing/sharpness.ts';

function after(durationsMs: readonly number[]): number {
  const sharpness = new Sharpness();
  for (const durationMs of durationsMs) sharpness.took(durationMs);
  return sharpness.share;
}
const times = (count: number, durationMs: number) =>
  Array.from({ length: count }, () => durationMs);

test('graphics that are quick draw all pixels', () => {
  expect(after([])).toBe(1);
  expect(after(times(100, 2))).toBe(1);
});

test('a single slow picture changes nothing', () => {
  expect(after([...times(10, 5), 80, ...times(10, 5)])).toBe(1);
});

test('slow graphics draw half of the pixels, then a quarter, and never fewer', () => {
  expect(after(times(2, 30)) ** 2).toBeCloseTo(0.5);
  expect(after(times(4, 30)) ** 2).toBeCloseTo(0.25);
  expect(after(times(100, 30)) ** 2).toBeCloseTo(0.25);
});

test('graphics that would be too slow one step sharper stay as they are', () => {
  expect(after([...times(2, 30), ...times(100, 7)]) ** 2).toBeCloseTo(0.5);
});

test('graphics that have become quick draw all pixels again', () => {
  expect(after([...times(4, 30), ...times(40, 2)])).toBe(1);
});
