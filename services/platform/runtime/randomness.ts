/** Randomness that is not part of the world. */
export interface Randomness {
  /** An identifier: a UUID of version 4. */
  uuid(): string;
  /** At least 0 and below 1, evenly distributed: for jitter. */
  fraction(): number;
}
