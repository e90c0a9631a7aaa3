import { drawPlan, type Overrides, type Plan } from '../draw/plan.ts';
import type { Outcome } from '../outcome.ts';

type Run = (overrides: Overrides) => Promise<Outcome>;

/**
 * Looks for the smallest run that still violates the same invariant: first a shorter one, then one with fewer
 * kinds of faults, then one with fewer processes and clients. Each step that fails alike is the start of the
 * next ones (as delta debugging does it: Zeller and Hildebrandt, 2002).
 */
export async function shrink(
  seed: number,
  overrides: Overrides,
  run: Run,
  onSmaller: (overrides: Overrides, outcome: Outcome) => void = () => {},
): Promise<{ overrides: Overrides; outcome: Outcome }> {
  let best = { overrides, outcome: await run(overrides) };
  const { violation } = best.outcome;
  if (violation === undefined) throw new Error(`seed ${seed} does not fail`);
  const plan = () => drawPlan(seed, best.overrides);

  const tryWith = async (change: Overrides): Promise<boolean> => {
    const smaller = { ...best.overrides, ...change };
    const outcome = await run(smaller);
    if (outcome.violation?.invariant !== violation.invariant) return false;
    best = { overrides: smaller, outcome };
    onSmaller(smaller, outcome);
    return true;
  };

  await shorten(plan, tryWith, violation.atMs);
  await leaveOutFaults(plan, tryWith);
  for (const name of ['clients', 'backends', 'coordinators'] as const) {
    const least = name === 'clients' ? 0 : 1;
    for (const share of [0, 0.5, 0.75]) {
      const count = Math.max(least, Math.floor(plan()[name] * share));
      if (count < plan()[name] && (await tryWith({ [name]: count }))) break;
    }
  }
  await leaveOutFaults(plan, tryWith);
  await shorten(plan, tryWith, best.outcome.violation?.atMs ?? 0);
  return best;
}

async function shorten(
  plan: () => Plan,
  tryWith: (change: Overrides) => Promise<boolean>,
  atMs: number,
): Promise<void> {
  if (atMs < plan().faultyMs) await tryWith({ faultyMs: Math.ceil(atMs) });
  while (plan().faultyMs > 1_000) {
    if (!(await tryWith({ faultyMs: Math.floor(plan().faultyMs / 2) }))) return;
  }
}

async function leaveOutFaults(
  plan: () => Plan,
  tryWith: (change: Overrides) => Promise<boolean>,
): Promise<void> {
  const present = () => Object.keys(plan().rates);
  for (let size = Math.ceil(present().length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < present().length; ) {
      const faults = present().filter((_, i) => i < at || i >= at + size);
      if (!(await tryWith({ faults }))) at += size;
    }
  }
}
