import { expect, test } from 'vitest';
import { drawPlan } from '../../../swarm/draw/plan.ts';

const seeds = Array.from({ length: 300 }, (_, i) => i + 1);

test('a seed draws the same run each time', () => {
  expect(drawPlan(7)).toEqual(drawPlan(7));
  expect(drawPlan(7)).not.toEqual(drawPlan(8));
});

test('what is overridden changes nothing else', () => {
  const { faultyMs, rates, ...drawn } = drawPlan(9);
  const { faultyMs: shorter, rates: none, ...others } = drawPlan(9, { faultyMs: 5, faults: [] });
  expect(others).toEqual(drawn);
  expect([shorter, none]).toEqual([5, {}]);
  expect(faultyMs).toBeGreaterThan(5);
  expect(rates).toBeDefined();
});

test('some runs have a kind of fault strongly, and others not at all', () => {
  const rates = seeds.map((seed) => drawPlan(seed).rates['loss'] ?? 0);
  expect(rates.filter((rate) => rate === 0).length).toBeGreaterThan(100);
  expect(Math.max(...rates)).toBeGreaterThan(10 * Math.min(...rates.filter((rate) => rate > 0)));
});

test('runs have all shapes of clusters and worlds', () => {
  const plans = seeds.map((seed) => drawPlan(seed));
  expect(new Set(plans.map((plan) => plan.coordinators))).toEqual(new Set([1, 2, 3]));
  const backends = plans.map((plan) => plan.backends);
  expect([Math.min(...backends), Math.max(...backends)]).toEqual([1, 12]);
  const shards = plans.map(({ spec }) => (spec.width * spec.height) / spec.shardSize ** 2);
  expect([Math.min(...shards), Math.max(...shards)]).toEqual([1, 100]);
});
