import fc from 'fast-check';
import type { OpenTarget } from '../target.ts';
import { attempt, Failure } from './attempt.ts';

/** How a batch of runs went. */
export interface BatchReport {
  runs: number;
  /** How often what came of an input. */
  outcomes: Map<string, number>;
  /** The smallest input that was found to fail, and why it does. */
  failed?: { input: Uint8Array; why: string };
}

/** Shrinking ends after so many inputs more, with the smallest so far. */
const SHRINKS_MAX = 400;

/**
 * Runs inputs that follow from a seed.
 *
 * @param onInput is told of each input before it is run.
 */
export async function runBatch(
  target: OpenTarget,
  {
    seed,
    runs,
    onInput = () => {},
  }: { seed: number; runs: number; onInput?: (input: Uint8Array) => void },
): Promise<BatchReport> {
  const outcomes = new Map<string, number>();
  let [count, left, why] = [0, SHRINKS_MAX, ''];
  const property = fc.asyncProperty(target.inputs, async (input) => {
    if (why !== '' && --left < 0) return;
    if (why === '') count++;
    onInput(input);
    try {
      const outcome = await attempt(target, input);
      if (why === '') outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (error) {
      why = error instanceof Failure ? error.message : String(error);
      throw error;
    }
  });
  const { failed, counterexample } = await fc.check(property, { seed, numRuns: runs });
  const [input] = counterexample ?? [];
  return {
    runs: count,
    outcomes,
    ...(failed && input !== undefined && { failed: { input, why } }),
  };
}
