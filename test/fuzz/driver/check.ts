import fc from 'fast-check';
import type { OpenTarget, Target } from '../target.ts';
import { attempt, Failure } from './attempt.ts';
import { runBatch } from './batch.ts';
import { readCorpus } from './corpus.ts';

/** What targets say of an input that was refused without an error. */
const REFUSED = /^(refused|skipped|damaged|none|no |without|CONFIG_INVALID)/;

/** Opens a target and asserts that it takes its seeds: else no mutant gets far. */
export async function openChecked(target: Target): Promise<OpenTarget> {
  const open = await target.open();
  for (const [index, seed] of open.seeds.entries()) {
    let isRefused = false;
    const strict = { ...open, run: (input: Uint8Array) => open.run(input) };
    strict.isDocumented = (error) => {
      isRefused = open.isDocumented(error);
      return isRefused;
    };
    const outcome = await attempt(strict, seed);
    if (isRefused || REFUSED.test(outcome)) {
      throw new Failure(`${target.name} refuses its seed ${index}: ${outcome}`);
    }
  }
  return open;
}

/** Where other tests allocate in the same process, what memory grew by says nothing: the child alone judges that. */
const withoutMemory = (target: Target): Target => ({
  ...target,
  open: async () => ({ ...(await target.open()), maxAllocation: () => Number.POSITIVE_INFINITY }),
});

/**
 * What the tests do with a target: its seeds, all of its corpus, and some runs from a seed that is drawn.
 *
 * @returns what failed, one line for each input.
 */
export async function checkTarget(target: Target, runs: number): Promise<string[]> {
  const open = await openChecked(withoutMemory(target));
  const failures: string[] = [];
  try {
    for (const { file, bytes } of readCorpus(target.name).inputs) {
      await attempt(open, bytes).catch((error: Error) =>
        failures.push(`${file}: ${error.message}`),
      );
    }
    const [seed = 0] = fc.sample(fc.nat(), 1);
    const { failed } = await runBatch(open, { seed, runs });
    if (failed !== undefined) {
      const input = Buffer.from(failed.input).toString('base64').slice(0, 4_000);
      failures.push(`seed ${seed}: ${failed.why}\ninput in base64: ${input}`);
    }
  } finally {
    await open.close?.();
  }
  return failures;
}
