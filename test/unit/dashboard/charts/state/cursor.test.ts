import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { createCursor } from '../../../../../services/dashboard/src/charts/state/cursor.ts';

const at = (...rows: number[]) => {
  const ticks = signal<readonly number[]>(rows);
  return { ticks, cursor: createCursor(ticks) };
};

test('it follows the newest row until it is pinned', () => {
  const { ticks, cursor } = at(0, 20, 40);
  expect(cursor.tick.value).toBe(40);
  ticks.value = [0, 20, 40, 60];
  expect(cursor.tick.value).toBe(60);
  cursor.pinned.value = 22;
  ticks.value = [0, 20, 40, 60, 80];
  expect(cursor.tick.value).toBe(20);
});

test('the pointer goes before where it is pinned, as long as it is over a chart', () => {
  const { cursor } = at(0, 20, 40);
  cursor.pinned.value = 0;
  cursor.hovered.value = 39;
  expect(cursor.tick.value).toBe(40);
  cursor.hovered.value = undefined;
  expect(cursor.tick.value).toBe(0);
});

test('keys move it from row to row, and not beyond the ends', () => {
  const { cursor } = at(0, 20, 40);
  cursor.move(-1);
  expect(cursor.tick.value).toBe(20);
  cursor.move(-5);
  expect(cursor.tick.value).toBe(0);
  cursor.move(1);
  expect(cursor.tick.value).toBe(20);
});

test('where there are no rows there is no tick', () => {
  const { cursor } = at();
  cursor.move(1);
  expect(cursor.tick.value).toBeUndefined();
});
