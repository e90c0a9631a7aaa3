import { expect, test } from 'vitest';
import {
  ByteBudget,
  HOURLY_BYTES,
} from '../../../../services/dashboard/src/world/tiles/byte-budget.ts';

const HOUR_MS = 3_600_000;

/** Asks for pictures for so long; returns what was received. */
function receive(pictureBytes: number, isAskedFor: (picture: number) => boolean, forMs: number) {
  const budget = new ByteBudget(HOURLY_BYTES, 0);
  let bytes = 0;
  let pictures = 0;
  let nowMs = 0;
  while (nowMs < forMs) {
    const waitMs = budget.waitMs(pictureBytes, isAskedFor(pictures), nowMs);
    if (waitMs === 0) {
      bytes += pictureBytes;
      pictures++;
      budget.received(pictureBytes, nowMs);
      nowMs += 20;
    } else nowMs += Math.ceil(waitMs);
  }
  return { bytes, pictures };
}

test.each([200, 20_000, 400_000, 9_000_000])(
  'pictures of %i bytes that come by themselves stay within the bytes of an hour',
  (pictureBytes) => {
    const { bytes, pictures } = receive(pictureBytes, () => false, HOUR_MS);
    expect(bytes).toBeLessThanOrEqual(HOURLY_BYTES);
    expect(pictures).toBeGreaterThan(10);
  },
);

test('whoever moves about for an hour stays within them too', () => {
  expect(receive(400_000, () => true, HOUR_MS).bytes).toBeLessThanOrEqual(HOURLY_BYTES);
});

test('most of the bytes are used', () => {
  expect(receive(20_000, () => false, HOUR_MS).bytes).toBeGreaterThan(0.85 * HOURLY_BYTES);
});

test('what a person asks for comes at once though nothing is left for what comes by itself', () => {
  const budget = new ByteBudget(HOURLY_BYTES, 0);
  budget.received(HOURLY_BYTES * 0.01, 0);
  expect(budget.waitMs(50_000, false, 0)).toBeGreaterThan(100);
  expect(budget.waitMs(50_000, true, 0)).toBe(0);
});

test('bytes that others received are counted', () => {
  const budget = new ByteBudget(HOURLY_BYTES, 0);
  expect(budget.waitMs(50_000, false, 0)).toBe(0);
  budget.received(HOURLY_BYTES, 0);
  expect(budget.waitMs(50_000, true, 0)).toBeGreaterThan(0);
});
