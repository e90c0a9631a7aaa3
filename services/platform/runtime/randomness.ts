/** Randomness that is not part of the world: identifiers. */
export interface Randomness {
  uuid(): string;
}
