import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retain } from '../../../../services/coordinator/checkpoints/retention.ts';
import type { KeptCheckpoint } from '../../../../services/protocol/checkpoint/manifest.ts';

const UNLIMITED = Number.MAX_SAFE_INTEGER;

const checkpoint = (tick: number, sizeBytes = 1): KeptCheckpoint => ({
  tick,
  epoch: 1,
  topologyVersion: 1,
  sha256: '0'.repeat(64),
  digest: '0'.repeat(16),
  sizeBytes,
  at: '2026-11-30T00:00:00.000Z',
});

/** What is left of a checkpoint every `interval` ticks, each added to what was kept before. */
function afterMany(count: number, interval: number): number[] {
  let kept: KeptCheckpoint[] = [];
  for (let i = 1; i <= count; i++) {
    ({ kept } = retain([...kept, checkpoint(i * interval)], UNLIMITED));
  }
  return kept.map(({ tick }) => tick);
}

describe('what is kept of the checkpoints', () => {
  test('is all of a few', () => {
    expect(afterMany(10, 600)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => i * 600));
  });

  test('has the newest three whatever came before', () => {
    const last = afterMany(2_000, 600).slice(-3);
    expect(last).toEqual([1_998 * 600, 1_999 * 600, 2_000 * 600]);
  });

  test('has 4 to 12 for each doubling of age', () => {
    const ticks = afterMany(6_000, 1);
    const ages = ticks.map((tick) => 6_000 - tick);
    for (let age = 32; age <= 2_048; age *= 2) {
      const inDoubling = ages.filter((one) => one >= age && one < 2 * age).length;
      expect(inDoubling, `from age ${age}`).toBeGreaterThanOrEqual(4);
      expect(inDoubling, `from age ${age}`).toBeLessThanOrEqual(12);
    }
  });

  test('grows with the logarithm of the age: a year of one each ten seconds stays below 250', () => {
    const bound = 16 + 12 * Math.ceil(Math.log2(3_200_000 / 16));
    expect(bound).toBeLessThan(250);
    expect(afterMany(8_000, 1).length).toBeLessThan(16 + 12 * Math.ceil(Math.log2(8_000 / 16)));
  });

  test('keeps the first one: the world can be seen at its youngest', () => {
    expect(afterMany(1_000, 100)[0]).toBe(100);
  });

  test('is of the newest ones what fits the budget', () => {
    const all = [1, 2, 3, 4, 5].map((i) => checkpoint(i * 100, 10));
    const { kept, dropped } = retain(all, 25);
    expect(kept.map(({ tick }) => tick)).toEqual([400, 500]);
    expect(dropped.map(({ tick }) => tick)).toEqual([100, 200, 300]);
  });

  test('is the newest one even where it is beyond the budget', () => {
    expect(retain([checkpoint(100, 5), checkpoint(200, 50)], 10).kept).toEqual([
      checkpoint(200, 50),
    ]);
  });

  test('and what is dropped make up what there was, in its order', () => {
    const distinct = fc.uniqueArray(fc.nat(1_000_000), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(distinct, fc.nat(100), (ticks, budget) => {
        const all = ticks.sort((a, b) => a - b).map((tick) => checkpoint(tick, 3));
        const { kept, dropped } = retain(all, budget);
        const both = [...kept, ...dropped].sort((a, b) => a.tick - b.tick);
        expect(both).toEqual(all);
        expect(kept).toEqual([...kept].sort((a, b) => a.tick - b.tick));
        expect(kept.at(-1)).toEqual(all.at(-1));
      }),
    );
  });
});
