import type { Violation } from './invariants/judge.ts';

/** What became of a run. */
export interface Outcome {
  seed: number;
  /** The hash of its trace. */
  trace: string;
  virtualMs: number;
  /** How many things happened. */
  happened: number;
  /** How often each kind of fault struck. */
  faults: Readonly<Record<string, number>>;
  /** The ticks of which digests were compared, over all instances. */
  ticks: number;
  instances: number;
  checkpoints: number;
  violation: Violation | undefined;
}
