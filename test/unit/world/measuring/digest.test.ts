import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellIndex } from '../../../../services/world/cells/cell-block.ts';
import {
  addDigests,
  digestOf,
  formatDigest,
  parseDigest,
} from '../../../../services/world/measuring/digest.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { createTickScratch, tickBlock } from '../../../../services/world/tick/tick.ts';
import { fillFrom, partition, scatter, seeds, wholeBlock } from '../worlds.ts';

function scattered(seed: number) {
  const block = wholeBlock(24, 18, 3);
  scatter(block, seed, DEFAULT_RULES);
  return block;
}

describe('a digest', () => {
  it('adds up over the shards of any partition', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 23 }), { maxLength: 4 });
    fc.assert(
      fc.property(seeds, cuts, cuts, fc.nat(4), (seed, columnCuts, rowCuts, halo) => {
        const whole = scattered(seed);
        const parts = partition(whole, columnCuts, rowCuts, halo);
        for (const part of parts) fillFrom(whole, part, 'all');
        const sum = parts.reduce((total, part) => addDigests(total, digestOf(part)), 0n);
        expect(sum).toBe(digestOf(whole));
      }),
    );
  });

  it('changes with every field of a cell where a creature lives', () => {
    const block = scattered(5);
    const i = cellIndex(block, 4, 4);
    block.size[i] = 9;
    const digest = digestOf(block);
    for (const field of ['food', 'extraFood', 'size', 'traits', 'health', 'birth'] as const) {
      const old = block[field][i]!;
      block[field][i] = old ^ 1;
      expect(digestOf(block), field).not.toBe(digest);
      block[field][i] = old;
    }
    for (const field of ['colour', 'lineage'] as const) {
      block[field][i]! ^= 1;
      expect(digestOf(block), field).not.toBe(digest);
      block[field][i]! ^= 1;
    }
    expect(digestOf(block)).toBe(digest);
  });

  it('takes no notice of margins', () => {
    const block = scattered(6);
    const digest = digestOf(block);
    block.food[0]! ^= 1;
    expect(digestOf(block)).toBe(digest);
  });

  it('is written as 16 lowercase hex digits and read back', () => {
    expect(formatDigest(0n)).toBe('0000000000000000');
    expect(formatDigest(0xabcn)).toBe('0000000000000abc');
    expect(addDigests(2n ** 64n - 1n, 2n)).toBe(1n);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (digest) => {
        expect(parseDigest(formatDigest(digest))).toBe(digest);
      }),
    );
    for (const text of ['', '0', '0000000000000ABC', '00000000000000000', 'zzzzzzzzzzzzzzzz']) {
      expect(() => parseDigest(text)).toThrow(RangeError);
    }
  });
});

describe('stale fields of blank cells', () => {
  it('influence neither the digest nor any later state', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const clean = scattered(seed);
        const stale = scattered(seed);
        const garbage = scattered(seed + 1);
        const scratch = createTickScratch(clean.stride * clean.rows);
        for (let tick = 0; tick < 6; tick++) {
          for (const [i, size] of stale.size.entries()) {
            if (size > 0) continue;
            for (const field of ['traits', 'health', 'birth', 'colour', 'lineage'] as const) {
              stale[field][i] = garbage[field][i]!;
            }
          }
          expect(digestOf(stale)).toBe(digestOf(clean));
          for (const block of [clean, stale]) {
            fillFrom(block, block, 'margin');
            tickBlock(block, scratch, DEFAULT_RULES, seed, tick);
          }
        }
        expect(digestOf(stale)).toBe(digestOf(clean));
      }),
      { numRuns: 20 },
    );
  });
});
