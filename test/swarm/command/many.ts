import { Worker } from 'node:worker_threads';
import type { Overrides } from '../draw/plan.ts';
import type { Outcome } from '../outcome.ts';

/** A thread that does one run after the other. */
export interface RunRequest {
  seed: number;
  overrides: Overrides;
}

/**
 * Does many runs, as many at a time as there are workers. Each run has a thread for itself while it goes on.
 *
 * @param script what a worker runs: it answers each request with an outcome.
 */
export async function runMany(o: {
  script: URL;
  workers: number;
  from: number;
  seeds: number;
  overrides: Overrides;
  onOutcome: (outcome: Outcome) => void;
  /** Whether no further run is to begin. @default never */
  isEnough?: () => boolean;
}): Promise<void> {
  let next = o.from;
  const end = o.from + o.seeds;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(o.script);
      let seed = next;
      const give = () => {
        if (next >= end || o.isEnough?.()) {
          void worker.terminate();
          return resolve();
        }
        seed = next++;
        worker.postMessage({ seed, overrides: o.overrides } satisfies RunRequest);
      };
      worker.on('message', (outcome: Outcome) => {
        o.onOutcome(outcome);
        give();
      });
      worker.on('error', (error) => reject(new Error(`seed ${seed}`, { cause: error })));
      give();
    });
  await Promise.all(Array.from({ length: Math.min(o.workers, o.seeds) }, work));
}
