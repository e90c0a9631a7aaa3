import { expect, test } from 'vitest';
import { meanWaits, type Waits } from '../../../../services/dashboard/src/cluster/mean-waits.ts';
import type { BackendView } from '../../../../services/protocol/api/public-api.ts';
import { colonyView } from '../../cli/colony-view.fixture.ts';

const [one] = colonyView().backends;
const waitsOf = (halos: number) => ({ halos, horizon: 0, pace: 0, samples: 0 });
const backend = (bootId: string, halos: number | null): BackendView => ({
  ...one!,
  bootId,
  waiting: halos === null ? null : waitsOf(halos),
});
const none: Waits = new Map();

test('who is looked at first has what it tells', () => {
  expect(meanWaits(none, [backend('b1', 0.4)], 500).get('b1')).toEqual(waitsOf(0.4));
});

test('a moment changes little, and five seconds most of it', () => {
  const before: Waits = new Map([['b1', waitsOf(0.4)]]);
  const after = (ms: number) => meanWaits(before, [backend('b1', 0)], ms).get('b1')?.halos;
  expect(after(0)).toBe(0.4);
  expect(after(500)).toBeCloseTo(0.362, 3);
  expect(after(5_000)).toBeCloseTo(0.4 / Math.E, 5);
});

test('means do not depend on how often is looked', () => {
  const before: Waits = new Map([['b1', waitsOf(0.4)]]);
  const seen = [backend('b1', 0.1)];
  let often = before;
  for (let i = 0; i < 20; i++) often = meanWaits(often, seen, 500);
  const once = meanWaits(before, seen, 10_000);
  expect(often.get('b1')?.halos).toBeCloseTo(once.get('b1')?.halos ?? 0, 10);
});

test('who tells of no waits has none, and who is gone is forgotten', () => {
  const before: Waits = new Map([
    ['b1', waitsOf(0.4)],
    ['b2', waitsOf(0.4)],
  ]);
  expect(meanWaits(before, [backend('b1', null)], 500)).toEqual(none);
});
