import { randomInt, randomUUID } from 'node:crypto';
import type { Randomness } from './randomness.ts';

const FRACTIONS = 2 ** 32;

/** Identifiers that cannot be guessed and that no two processes share. */
export class SystemRandomness implements Randomness {
  uuid(): string {
    return randomUUID();
  }

  fraction(): number {
    return randomInt(FRACTIONS) / FRACTIONS;
  }
}
