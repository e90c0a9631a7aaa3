import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellBlock } from '../../../../services/world/cells/cell-block.ts';
import { writeGenesis } from '../../../../services/world/genesis/genesis.ts';
import { addDigests, digestOf } from '../../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { createTickScratch, RADIUS, tickBlock } from '../../../../services/world/tick/tick.ts';
import {
  fillFrom,
  partition,
  scatter,
  seeds,
  specOf,
  storeInto,
  stream,
  toOracle,
  wholeBlock,
} from '../worlds.ts';

const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 });

/** Runs a scattered world cut into blocks, each ticked k times per exchange of margins. */
function runCut(
  start: CellBlock,
  blocks: CellBlock[],
  seed: number,
  ticks: number,
  ticksPerExchange: number,
): CellBlock {
  const whole = wholeBlock(start.width, start.height, 0);
  storeInto(whole, start);
  const scratch = createTickScratch(Math.max(...blocks.map((b) => b.stride * b.rows)));
  for (const block of blocks) fillFrom(whole, block, 'all');
  for (let tick = 0; tick < ticks; tick++) {
    if (tick % ticksPerExchange === 0) for (const block of blocks) fillFrom(whole, block, 'margin');
    for (const block of blocks) tickBlock(block, scratch, DEFAULT_RULES, seed, tick);
    for (const block of blocks) storeInto(whole, block);
  }
  return whole;
}

describe('a world cut into shards', () => {
  it('is the same in any partition, halo width and order of shards', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 60 }),
        fc.integer({ min: 16, max: 60 }),
        cuts,
        cuts,
        fc.integer({ min: 1, max: 4 }),
        seeds,
        (width, height, columnCuts, rowCuts, k, seed) => {
          const start = wholeBlock(width, height, RADIUS);
          scatter(start, seed, DEFAULT_RULES);
          const blocks = partition(start, columnCuts, rowCuts, RADIUS * k);
          const draw = stream(seed);
          blocks.sort(() => draw(3) - 1);
          const ticks = 10;
          const inOnePiece = runCut(start, [wholeBlock(width, height, RADIUS)], seed, ticks, 1);
          const inShards = runCut(start, blocks, seed, ticks, k);
          expect(toOracle(inShards)).toEqual(toOracle(inOnePiece));
          const digest = blocks.reduce((sum, block) => addDigests(sum, digestOf(block)), 0n);
          expect(digest).toBe(digestOf(inOnePiece));
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    { width: 16, height: 16, shardSize: 16, ticksPerExchange: 4 },
    { width: 16, height: 16, shardSize: 4, ticksPerExchange: 4 },
    { width: 16, height: 48, shardSize: 16, ticksPerExchange: 7 },
  ])('is the same when the halo is wider than the world or a shard: %o', (shape) => {
    const { width, height, shardSize, ticksPerExchange } = shape;
    const spec = specOf({ width, height, seed: 11 });
    const inOnePiece = new SingleWorld(spec);
    const inShards = new SingleWorld(spec, { shardSize, ticksPerExchange });
    for (let tick = 0; tick < 40; tick++) {
      inOnePiece.step();
      inShards.step();
      expect(inShards.digest()).toBe(inOnePiece.digest());
    }
    expect(inOnePiece.statistics().population).toBeGreaterThan(0);
  });

  it('keeps its interior right for k ticks whatever stands beyond a margin of 3k cells', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), seeds, (k, seed) => {
        const whole = wholeBlock(40, 32, RADIUS);
        scatter(whole, seed, DEFAULT_RULES);
        const [block] = partition(whole, [9, 22], [13], RADIUS * k + 1);
        scatter(block!, seed + 1, DEFAULT_RULES);
        fillFrom(whole, block!, 'all', RADIUS * k);
        const scratch = createTickScratch(block!.stride * block!.rows);
        for (let tick = 0; tick < k; tick++) {
          tickBlock(block!, scratch, DEFAULT_RULES, seed, tick);
        }
        const [expected] = partition(whole, [9, 22], [13], 0);
        fillFrom(runCut(whole, [wholeBlock(40, 32, RADIUS)], seed, k, 1), expected!, 'all');
        expect(toOracle(block!)).toEqual(toOracle(expected!));
      }),
      { numRuns: 20 },
    );
  });

  it('writes the same genesis in any partition', () => {
    const spec = specOf({ width: 510, height: 263, seed: 5 });
    const whole = wholeBlock(spec.width, spec.height, 2);
    writeGenesis(whole, spec);
    const parts = partition(whole, [1, 249, 251, 400], [100, 250], 2);
    for (const block of parts) writeGenesis(block, spec);
    const sum = parts.reduce((digest, block) => addDigests(digest, digestOf(block)), 0n);
    expect(sum).toBe(digestOf(whole));
    for (const block of parts) {
      const padded = { ...block, extraFood: block.extraFood.slice(), size: block.size.slice() };
      fillFrom(whole, padded, 'all');
      expect(padded.extraFood).toEqual(block.extraFood);
      expect(padded.size).toEqual(block.size);
    }
  });

  it('refuses shards that do not divide the world', () => {
    const spec = specOf({ width: 64, height: 48 });
    expect(() => new SingleWorld(spec, { shardSize: 32 })).toThrow(/64x48/);
    expect(() => new SingleWorld(spec, { shardSize: 0 })).toThrow(/64x48/);
    expect(() => new SingleWorld(spec, { ticksPerExchange: 0 })).toThrow(/ticksPerExchange/);
  });
});
