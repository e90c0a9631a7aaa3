import type { Randomness } from '../../services/platform/runtime/randomness.ts';
import { sha256 } from '../../services/protocol/common/canonical-json.ts';

/** The same seed gives the same UUIDs (version 4 in form) and fractions: for tests and simulation. */
export class SeededRandomness implements Randomness {
  readonly #seed: string;
  #count = 0;

  constructor(seed: number | string) {
    this.#seed = String(seed);
  }

  uuid(): string {
    const hex = this.#nextHex();
    const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4];
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `${variant}${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  }

  fraction(): number {
    return Number.parseInt(this.#nextHex().slice(0, 8), 16) / 2 ** 32;
  }

  #nextHex(): string {
    return sha256(`${this.#seed}/${this.#count++}`);
  }
}
