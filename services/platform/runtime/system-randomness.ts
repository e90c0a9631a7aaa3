import { randomUUID } from 'node:crypto';
import type { Randomness } from './randomness.ts';

/** Identifiers that nobody can guess and no two processes share. */
export class SystemRandomness implements Randomness {
  uuid(): string {
    return randomUUID();
  }
}
