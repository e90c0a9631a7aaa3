/** What a child is to do. */
export interface ChildTask {
  target: string;
  /** Of its first batch; each further one has the next. */
  seed: number;
  /** How long it begins further batches. */
  ms: number;
  /** Of one batch. */
  runs: number;
  /** Where it notes the input that it runs: u32 number, u32 bytes, the input; little-endian. */
  stateFile: string;
}

export const STATE_HEADER_BYTES = 8;

export type ChildReport =
  | { type: 'began'; seed: number }
  | {
      type: 'ended';
      seed: number;
      runs: number;
      outcomes: [outcome: string, count: number][];
      failed?: { why: string; file: string };
    };
