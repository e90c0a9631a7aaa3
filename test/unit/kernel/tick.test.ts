import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import { type CellBlock, createCellBlock } from '../../../services/world/cells/cell-block.ts';
import { addDigests, digestOf } from '../../../services/world/measuring/digest.ts';
import { DEFAULT_RULES, type Rules } from '../../../services/world/spec/rules.ts';
import { createTickScratch, RADIUS, tickBlock } from '../../../services/world/tick/tick.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { difference, engineWorld, extremeRules } from '../../support/kernel/kernel-worlds.ts';
import { partition, scatter, seeds, stream, wholeBlock } from '../world/worlds.ts';

const sides = fc.integer({ min: 16, max: 70 });
const ticks = fc.oneof(fc.nat(300), fc.integer({ min: 65530, max: 65540 }), seeds);
const cuts = fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 4 });
const exchanges = fc.integer({ min: 1, max: 4 });

/** One engine for many blocks: its scratch is what the last block left. */
const engine = new WasmEngine(kernelModule);

/** A scattered block, margin and all, for the reference and for the compiled kernel. */
function pair(width: number, height: number, halo: number, seed: number, rules: Rules) {
  const extent = { x: 5, y: 9, width, height, halo, worldWidth: 97, worldHeight: 83 };
  const reference = createCellBlock(extent);
  scatter(reference, seed, rules);
  const compiled = engine.createBlock(extent);
  scatter(compiled, seed ^ 1, rules); // the padding of its rows too
  copyAll(reference, compiled);
  return { reference, compiled };
}

function copyAll(from: CellBlock, to: CellBlock): void {
  for (const field of ['food', 'extraFood', 'size', 'traits', 'health', 'birth'] as const) {
    for (let row = 0; row < from.rows; row++) {
      const start = row * from.stride;
      to[field].set(from[field].subarray(start, start + from.stride), row * to.stride);
    }
  }
  for (const field of ['colour', 'lineage'] as const) {
    for (let row = 0; row < from.rows; row++) {
      const start = row * from.stride;
      to[field].set(from[field].subarray(start, start + from.stride), row * to.stride);
    }
  }
}

describe('a tick of the compiled kernel', () => {
  it('equals the reference bit for bit, whatever the rules and the cells', () => {
    fc.assert(
      fc.property(
        sides,
        sides,
        extremeRules,
        exchanges,
        seeds,
        ticks,
        (width, height, rules, k, seed, tick) => {
          const { reference, compiled } = pair(width, height, RADIUS * k, seed, rules);
          const scratch = createTickScratch(reference.stride * reference.rows);
          for (let done = 1; done <= k; done++) {
            const now = (tick + done) % 2 ** 32;
            tickBlock(reference, scratch, rules, seed, now);
            engine.tick(compiled, rules, seed, now);
            // Of the margin too, what is still right must be the same.
            expect(difference(reference, compiled, RADIUS * (k - done))).toBeUndefined();
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('equals the reference where several ticks are taken at once', () => {
    const twoOrMore = fc.integer({ min: 2, max: 5 });
    fc.assert(
      fc.property(
        sides,
        sides,
        extremeRules,
        fc.tuple(fc.nat(3), twoOrMore),
        seeds,
        ticks,
        (width, height, rules, [more, atOnce], seed, tick) => {
          const { reference, compiled } = pair(
            width,
            height,
            RADIUS * (atOnce + more),
            seed,
            rules,
          );
          const scratch = createTickScratch(reference.stride * reference.rows);
          for (let i = 0; i < atOnce; i++) {
            tickBlock(reference, scratch, rules, seed, (tick + i) % 2 ** 32);
          }
          engine.tick(compiled, rules, seed, tick, atOnce);
          expect(difference(reference, compiled, RADIUS * more)).toBeUndefined();
        },
      ),
      { numRuns: 150 },
    );
  });

  // Rows of every length modulo a vector: the waves of a sweep end differently in each.
  it.each(Array.from({ length: 16 }, (_, i) => 16 + i))(
    'is the same one by one and several at once, in a crowded world of blocks %i cells wide',
    (width) => {
      const whole = wholeBlock(12 * width, 300, 0);
      scatter(whole, width, DEFAULT_RULES);
      const cuts = Array.from({ length: 11 }, (_, i) => (i + 1) * width);
      const parts = partition(whole, cuts, [], 0);
      const worlds = [1, 2, 4].map((atOnce) => {
        const world = engineWorld(new WasmEngine(kernelModule), whole, parts, atOnce);
        for (let tick = 0; tick < 24; tick += atOnce) world.step(DEFAULT_RULES, 1, tick, atOnce);
        return world;
      });
      for (const { blocks } of worlds) {
        blocks.forEach((block, i) => {
          expect(difference(worlds[0]?.blocks[i] as CellBlock, block)).toBeUndefined();
        });
      }
    },
  );

  it('equals the reference on a torus in any partition and halo width, tick after tick', () => {
    fc.assert(
      fc.property(
        sides,
        sides,
        cuts,
        cuts,
        exchanges,
        extremeRules,
        seeds,
        (width, height, columnCuts, rowCuts, k, rules, seed) => {
          const whole = wholeBlock(width, height, 0);
          scatter(whole, seed, rules);
          const expected = engineWorld(new ReferenceEngine(), whole, [whole], 1);
          const parts = partition(whole, columnCuts, rowCuts, 0);
          const actual = engineWorld(engine, whole, parts, k);
          for (let tick = 0; tick < 16; tick++) {
            expected.step(rules, seed, tick);
            actual.step(rules, seed, tick);
            const sum = actual.blocks.reduce((d, block) => addDigests(d, digestOf(block)), 0n);
            expect(sum).toBe(digestOf(expected.blocks[0] as CellBlock));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([1, 3])(
    'takes no notice of stale fields, of padding, nor of other blocks, %i at once',
    (atOnce) => {
      fc.assert(
        fc.property(sides, sides, seeds, (width, height, seed) => {
          const extent = { ...wholeBlock(width, height, RADIUS) };
          const blocks = [engine.createBlock(extent), engine.createBlock(extent)] as const;
          const other = engine.createBlock({ ...extent, width: 33, height: 18 });
          const whole = wholeBlock(width, height, 0);
          scatter(whole, seed, DEFAULT_RULES);
          const worlds = blocks.map(() => engineWorld(engine, whole, [whole], atOnce));
          for (let tick = 0; tick < 9; tick += atOnce) {
            const scrambled = worlds[1]?.blocks[0] as CellBlock;
            scramble(scrambled, seed + tick);
            scatter(other, seed + tick, DEFAULT_RULES);
            engine.tick(other, DEFAULT_RULES, seed ^ tick, tick);
            for (const world of worlds) world.step(DEFAULT_RULES, seed, tick, atOnce);
            expect(difference(worlds[0]?.blocks[0] as CellBlock, scrambled)).toBeUndefined();
          }
        }),
        { numRuns: 15 },
      );
    },
  );

  it.each([1, 7])(
    'equals the reference on worlds that are narrower than their halo, %i at once',
    (atOnce) => {
      const whole = wholeBlock(16, 17, 0);
      scatter(whole, 4, DEFAULT_RULES);
      const expected = engineWorld(new ReferenceEngine(), whole, [whole], 1);
      const actual = engineWorld(engine, whole, [whole], 7);
      for (let tick = 0; tick < 28; tick += atOnce) {
        for (let i = 0; i < atOnce; i++) expected.step(DEFAULT_RULES, 4, tick + i);
        actual.step(DEFAULT_RULES, 4, tick, atOnce);
        const [a, b] = [expected.blocks[0], actual.blocks[0]] as [CellBlock, CellBlock];
        expect(difference(a, b)).toBeUndefined();
      }
    },
  );
});

/** Overwrites all that is no part of the state. */
function scramble(block: CellBlock, seed: number): void {
  const draw = stream(seed);
  for (let i = 0; i < block.size.length; i++) {
    const column = (i % block.stride) - block.halo;
    const row = Math.floor(i / block.stride) - block.halo;
    const isInterior = column >= 0 && column < block.width && row >= 0 && row < block.height;
    if (!isInterior) {
      block.size[i] = draw(256);
      block.food[i] = draw(65536);
    }
    if (isInterior && block.size[i] !== 0) continue;
    block.traits[i] = draw(4);
    block.health[i] = draw(65536);
    block.birth[i] = draw(65536);
    block.colour[i] = draw(0x1000000);
    block.lineage[i] = draw(0x1000000);
  }
}
