import { expect, test } from 'vitest';
import { drawPlan, type Overrides } from '../../../swarm/draw/plan.ts';
import type { Outcome } from '../../../swarm/outcome.ts';
import { shrink } from '../../../swarm/shrink/shrink.ts';

const FAULTS = ['loss', 'delay', 'crash', 'pause', 'refusal'];
/** One that draws all of these. */
const SEED = Array.from({ length: 2_000 }, (_, seed) => seed).find((seed) => {
  const { rates } = drawPlan(seed);
  return FAULTS.every((name) => name in rates);
}) as number;

/** A run that fails as long as it has two faults, two backends, and two seconds. */
async function fakeRun(overrides: Overrides): Promise<Outcome> {
  const { rates, backends, faultyMs } = drawPlan(SEED, overrides);
  const fails = 'crash' in rates && 'loss' in rates && backends >= 2 && faultyMs >= 2_000;
  const violation = { atMs: 3_000, invariant: 'horizon', problem: 'it is passed' };
  return {
    ...{ seed: SEED, trace: '', virtualMs: 0, happened: 0, faults: {}, ticks: 0 },
    ...{ instances: 0, checkpoints: 0 },
    violation: fails ? violation : undefined,
  };
}

test('it finds the faults, the processes and the time that a failure needs', async () => {
  const { overrides } = await shrink(SEED, { faults: FAULTS, backends: 8 }, fakeRun);
  const { rates, coordinators, clients, backends, faultyMs } = drawPlan(SEED, overrides);
  expect(Object.keys(rates).sort()).toEqual(['crash', 'loss']);
  expect([coordinators, clients]).toEqual([1, 0]);
  expect(backends).toBeLessThanOrEqual(6);
  expect(faultyMs).toBeLessThan(4_000);
});

test('what it finds still fails', async () => {
  const { overrides, outcome } = await shrink(SEED, { faults: FAULTS, backends: 8 }, fakeRun);
  expect(outcome.violation).toBeDefined();
  expect(await fakeRun(overrides)).toEqual(outcome);
});

test('a run that does not fail is not shrunk', async () => {
  await expect(shrink(SEED, { faults: [] }, fakeRun)).rejects.toThrow('does not fail');
});
