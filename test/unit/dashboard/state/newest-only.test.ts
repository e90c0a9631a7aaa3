import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NewestOnly } from '../../../../services/dashboard/src/state/newest-only.ts';

let begun: { name: string; signal: AbortSignal }[];
let newest: NewestOnly;

const wish = (name: string) =>
  newest.wish(async (signal) => {
    begun.push({ name, signal });
  });
const names = () => begun.map(({ name }) => name);

beforeEach(() => {
  vi.useFakeTimers();
  begun = [];
  newest = new NewestOnly(150);
});
afterEach(() => {
  vi.useRealTimers();
});

test('a single wish is carried out at once', () => {
  wish('a');
  expect(names()).toEqual(['a']);
  vi.advanceTimersByTime(150);
  wish('b');
  expect(names()).toEqual(['a', 'b']);
});

test('of wishes that follow each other quickly the first and the last are carried out', () => {
  for (let i = 0; i < 100; i++) {
    wish(String(i));
    vi.advanceTimersByTime(33);
  }
  expect(names()).toEqual(['0']);
  vi.advanceTimersByTime(150);
  expect(names()).toEqual(['0', '99']);
});

test('the next wish breaks off the one before', () => {
  wish('a');
  expect(begun[0]?.signal.aborted).toBe(false);
  wish('b');
  expect(begun[0]?.signal.aborted).toBe(true);
});

test('what is cancelled neither goes on nor begins', () => {
  wish('a');
  wish('b');
  newest.cancel();
  vi.advanceTimersByTime(1_000);
  expect(names()).toEqual(['a']);
  expect(begun[0]?.signal.aborted).toBe(true);
});
