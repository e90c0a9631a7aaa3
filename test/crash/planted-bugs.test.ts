import { expect, test } from 'vitest';
import { drawPlan } from '../swarm/draw/plan.ts';
import { findBug } from '../swarm/planted/search.ts';
import { PLANTED_BUGS } from '../swarm/planted/table.ts';
import { runPlan } from '../swarm/run.ts';

/** The swarm finds mistakes: each of the list by the seed that is known to, and only where it is planted. */
const SEEDS = [...new Set(PLANTED_BUGS.map(({ found }) => found.seed))].sort((a, b) => a - b);

test.each(PLANTED_BUGS)('the swarm finds $name', async (bug) => {
  const { seed, invariant } = bug.found;
  const outcome = await findBug(bug, { from: seed, seeds: 1, workers: 1, overrides: {} });
  const again = `seed ${seed} finds it no more; npm run swarm -- --planted --plant ${bug.name} looks for another`;
  expect(outcome?.violation?.invariant, again).toBe(invariant);
});

test.each(SEEDS)('seed %i finds nothing where nothing is planted', async (seed) => {
  expect((await runPlan(drawPlan(seed))).violation).toBeUndefined();
});
