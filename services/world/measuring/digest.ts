import { mix } from '../arithmetic/randomness.ts';
import { type CellBlock, wrap } from '../cells/cell-block.ts';

const FIRST_LANE = 0x243f6a88;
const SECOND_LANE = 0x85a308d3;
const MODULUS = 1n << 64n;

/**
 * The digest of a block's interior: the sum over its cells, modulo 2^64, of a 64-bit hash of each
 * cell with its coordinates. So the digests of a world's shards add up to that of the world.
 * What cannot influence the future (stale fields of blank cells) is not in it.
 */
export function digestOf(block: CellBlock): bigint {
  const { x, y, width, height, halo, worldWidth, worldHeight, stride } = block;
  const { food, extraFood, size, traits, health, birth, colour, lineage } = block;
  let sum = 0n;
  for (let row = 0; row < height; row++) {
    const globalY = wrap(y + row, worldHeight);
    // At most 2^16 cells a row: the sums of 32-bit lanes stay below 2^48.
    let firstSum = 0;
    let secondSum = 0;
    for (let column = 0; column < width; column++) {
      const i = (row + halo) * stride + column + halo;
      const globalX = wrap(x + column, worldWidth);
      const land = food[i]! | (extraFood[i]! << 16) | (size[i]! << 24);
      let first = mix(mix(mix(FIRST_LANE ^ globalX) ^ globalY) ^ land);
      let second = mix(mix(mix(SECOND_LANE ^ globalX) ^ globalY) ^ land);
      if (size[i] !== 0) {
        const look = colour[i]! | (traits[i]! << 24);
        const life = health[i]! | (birth[i]! << 16);
        first = mix(mix(mix(first ^ look) ^ lineage[i]!) ^ life);
        second = mix(mix(mix(second ^ look) ^ lineage[i]!) ^ life);
      }
      firstSum += first >>> 0;
      secondSum += second >>> 0;
    }
    sum += (BigInt(firstSum) << 32n) + BigInt(secondSum);
  }
  return sum % MODULUS;
}

/** The digest of two disjoint parts of a world together. */
export function addDigests(a: bigint, b: bigint): bigint {
  return (a + b) % MODULUS;
}

/** 16 lowercase hex digits. */
export function formatDigest(digest: bigint): string {
  return digest.toString(16).padStart(16, '0');
}

/** @throws RangeError if the text is not 16 lowercase hex digits. */
export function parseDigest(text: string): bigint {
  if (!/^[0-9a-f]{16}$/.test(text)) {
    throw new RangeError(`digest ${JSON.stringify(text.slice(0, 40))}: expected 16 hex digits`);
  }
  return BigInt(`0x${text}`);
}
