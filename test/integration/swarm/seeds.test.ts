import { expect, test } from 'vitest';
import { drawPlan } from '../../swarm/draw/plan.ts';
import { runPlan } from '../../swarm/run.ts';

/** Short runs of small worlds, so that all of them take a few seconds: `npm run swarm` runs thousands. */
const FAULTY_MS = 6_000;
const SEEDS = Array.from({ length: 100 }, (_, i) => i + 1)
  .filter((seed) => {
    const { spec, backends } = drawPlan(seed);
    return spec.width * spec.height <= 1_024 && backends <= 6;
  })
  .slice(0, 20);

test.each(SEEDS)('seed %i violates nothing', async (seed) => {
  const { violation, ticks } = await runPlan(drawPlan(seed, { faultyMs: FAULTY_MS }));
  expect(violation).toBeUndefined();
  expect(ticks).toBeGreaterThan(0);
});

test('a seed does the same each time, however many turns promises take', async () => {
  const plan = drawPlan(SEEDS[0] as number, { faultyMs: FAULTY_MS });
  const lines: string[] = [];
  const { trace } = await runPlan(plan, { onLine: (line) => lines.push(line) });
  expect(lines.length).toBeGreaterThan(100);
  expect((await runPlan(plan)).trace).toBe(trace);
  expect((await runPlan(plan, { hasNodeHttp: true })).trace).toBe(trace);
});
