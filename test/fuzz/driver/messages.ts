/** What a child is to do. */
export interface ChildTask {
  /** Names, in the order in which they are run. */
  targets: readonly string[];
  /** Of the first batch of each; every further one has the next. */
  seed: number;
  /** How long it begins further batches of a target. */
  ms: number;
  /** Of one batch. */
  runs: number;
  /** Where it notes the input that it runs: u32 number, u32 bytes, the input; little-endian. */
  stateFile: string;
}

export const STATE_HEADER_BYTES = 8;

/** What it tells of a batch. */
export type ChildReport = { target: string; seed: number } & (
  | { type: 'began' }
  | {
      type: 'ended';
      runs: number;
      ms: number;
      outcomes: [outcome: string, count: number][];
      failed?: { why: string; file: string };
    }
);
