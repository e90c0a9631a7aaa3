import type { Randomness } from '../../../services/platform/runtime/randomness.ts';
import { mix } from '../../../services/world/arithmetic/randomness.ts';

const STEP = 0x9e37_79b9;

/** A 32-bit key of a text. */
function keyOf(text: string, from: number): number {
  let key = from;
  for (let i = 0; i < text.length; i++) key = mix((key ^ text.charCodeAt(i)) + STEP);
  return key;
}

/**
 * A sequence of draws that depends on a seed and on a name alone. Whatever is drawn for one thing (a link, a
 * kind of fault) changes nothing of what is drawn for another: so a run without a kind of fault is the same
 * run otherwise, which is what shrinking needs.
 */
export class Draws implements Randomness {
  readonly #key: number;
  #count = 0;

  constructor(seed: number | string, ...names: readonly (string | number)[]) {
    this.#key = [...names].reduce<number>(
      (key, name) => keyOf(`/${name}`, key),
      keyOf(`${seed}`, 1),
    );
  }

  /** At least 0, below 2^32. */
  bits(): number {
    this.#count++;
    return mix(mix(this.#key + Math.imul(this.#count, STEP)) ^ this.#key) >>> 0;
  }

  /** At least 0, below 1. */
  fraction(): number {
    return this.bits() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number, both bounds included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  between(least: number, most: number): number {
    return least + this.fraction() * (most - least);
  }

  /** Between two positive numbers, as likely to be near the one as near the other on a scale of factors. */
  logBetween(least: number, most: number): number {
    return least * (most / least) ** this.fraction();
  }

  /** With this mean, more often less than more. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.fraction());
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.fraction() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** One of the names, as likely as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries<number>(weights) as [K, number][];
    let at = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      at -= weight;
      if (at < 0) return name;
    }
    return (entries.at(-1) as [K, number])[0];
  }

  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.bits().toString(16).padStart(8, '0')).join('');
    const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4];
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `${variant}${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  }
}
