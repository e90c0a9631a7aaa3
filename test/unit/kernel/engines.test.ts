import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../services/kernel/engine.ts';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import { KernelThread } from '../../../services/kernel/kernel-thread.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import {
  type CellBlock,
  copyCells,
  createCellBlock,
  HALO_CELL_BYTES,
  packCells,
} from '../../../services/world/cell-block.ts';
import { addDigests, digestOf, formatDigest } from '../../../services/world/digest.ts';
import { layGenesis } from '../../../services/world/genesis.ts';
import { LAYER_BYTES, LAYERS, sampleLayer } from '../../../services/world/layers.ts';
import { DEFAULT_RULES } from '../../../services/world/rules.ts';
import { mergeStatistics, statisticsOf } from '../../../services/world/statistics.ts';
import { kernelModule } from '../../support/kernel.ts';
import { difference, engineWorld } from '../../support/kernel-worlds.ts';
import vectors from '../../vectors/world.json' with { type: 'json' };
import { partition, scatter, seeds, specOf, wholeBlock } from '../world/worlds.ts';

const engines: [name: string, create: () => Engine][] = [
  ['reference', () => new ReferenceEngine()],
  ['wasm', () => new WasmEngine(kernelModule)],
];

const extent = { x: 7, y: 90, width: 37, height: 21, halo: 3, worldWidth: 100, worldHeight: 100 };

/** Blocks of several shapes with anything in them. */
const shapes = fc.record({
  x: fc.nat(99),
  y: fc.nat(99),
  width: fc.integer({ min: 1, max: 70 }),
  height: fc.integer({ min: 1, max: 20 }),
  halo: fc.integer({ min: 0, max: 6 }),
  worldWidth: fc.constant(100),
  worldHeight: fc.constant(100),
});

describe.each(engines)('the %s engine', (_name, create) => {
  const engine = create();

  it('gives blocks that services/world fills and reads as its own', () => {
    const spec = specOf({ width: 100, height: 100, seed: 3 });
    const own = createCellBlock(extent);
    const block = engine.createBlock(extent);
    for (const b of [own, block]) layGenesis(b, spec);
    expect(difference(own, block, extent.halo)).toBeUndefined();
    for (const layer of LAYERS) {
      const pictures = [own, block].map((b) => {
        const out = new Uint8Array(20 * 10 * LAYER_BYTES[layer]);
        const rect = { x: 10, y: 90, width: 20, height: 10, scale: 1 };
        sampleLayer(b, layer, DEFAULT_RULES, 5, rect, 1, out);
        return out;
      });
      expect(pictures[1]).toEqual(pictures[0]);
    }
  });

  it('measures as services/world does, whatever the cells', () => {
    fc.assert(
      fc.property(shapes, seeds, seeds, (shape, seed, tick) => {
        const block = engine.createBlock(shape);
        scatter(block, seed, DEFAULT_RULES);
        expect(engine.digestOf(block)).toBe(digestOf(block));
        expect(engine.statisticsOf(block, tick)).toEqual(statisticsOf(block, tick));
      }),
      { numRuns: 60 },
    );
  });

  it('copies, packs and unpacks as services/world does', () => {
    fc.assert(
      fc.property(
        fc.nat(12),
        fc.nat(9),
        fc.nat(24),
        fc.nat(9),
        seeds,
        (x, y, width, height, seed) => {
          const source = engine.createBlock(extent);
          scatter(source, seed, DEFAULT_RULES);
          const sourceX = x - extent.halo;
          const sourceY = y - extent.halo;
          const expected = createCellBlock(extent);
          copyCells(source, sourceX, sourceY, expected, 2, 4, width, height);

          const copied = engine.createBlock(extent);
          engine.prepareCopies([
            { source, sourceX, sourceY, target: copied, targetX: 2, targetY: 4, width, height },
          ])();
          expect(difference(expected, copied, extent.halo)).toBeUndefined();

          const rectangle = { block: source, x: sourceX, y: sourceY, width, height };
          const twice = [rectangle, { ...rectangle, height: 1 }];
          const bytes = (width * height + width) * HALO_CELL_BYTES;
          const packed = new Uint8Array(bytes + 5);
          expect(engine.preparePack(twice)(packed, 3)).toBe(bytes + 3);
          const byHand = new Uint8Array(bytes + 5);
          const end = packCells(source, sourceX, sourceY, width, height, byHand, 3);
          packCells(source, sourceX, sourceY, width, 1, byHand, end);
          expect(packed).toEqual(byHand);

          const unpacked = engine.createBlock(extent);
          const target = { block: unpacked, x: 2, y: 4, width, height };
          engine.prepareUnpack([target])(packed, 3);
          expect(difference(expected, unpacked, extent.halo)).toBeUndefined();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses rectangles outside of a block, and bytes that do not suffice', () => {
    const block = engine.createBlock(extent);
    const whole = { block, x: -3, y: -3, width: 43, height: 27 };
    const packed = new Uint8Array(43 * 27 * HALO_CELL_BYTES);
    expect(engine.preparePack([whole])(packed, 0)).toBe(packed.length);
    for (const fault of [{ x: -4 }, { y: -4 }, { width: 44 }, { height: 28 }, { x: 0.5 }]) {
      const outside = { ...whole, ...fault };
      expect(() => engine.preparePack([outside])).toThrow(/37x21/);
      expect(() => engine.prepareUnpack([outside])).toThrow(/37x21/);
      const { x: sourceX, y: sourceY, width, height } = outside;
      const copy = { sourceX, sourceY, targetX: -3, targetY: -3, width, height };
      expect(() => engine.prepareCopies([{ ...copy, source: block, target: block }])).toThrow(
        /margin of 3/,
      );
    }
    expect(() => engine.preparePack([whole])(packed, 1)).toThrow(RangeError);
    expect(() => engine.prepareUnpack([whole])(packed.subarray(1), 0)).toThrow(RangeError);
  });
});

describe('the wasm engine, its world cut in shards', () => {
  it.each(vectors.worlds)('reaches the published states of %#', ({ spec: published, states }) => {
    const spec = specOf({ ...published, shardSize: 16 });
    const whole = wholeBlock(spec.width, spec.height, 0);
    layGenesis(whole, spec);
    const parts = partition(whole, [11, 100], [13, 200], 0);
    const world = engineWorld(new WasmEngine(kernelModule), whole, parts, 2);
    for (let tick = 0; tick <= 200; tick++) {
      const state = states.find((s) => s.tick === tick);
      if (state !== undefined) {
        const { digest, tick: _tick, ...statistics } = state;
        const digests = world.blocks.map((block) => world.engine.digestOf(block));
        expect(formatDigest(digests.reduce(addDigests))).toBe(digest);
        const parts = world.blocks.map((block) => world.engine.statisticsOf(block, tick));
        expect(parts.reduce(mergeStatistics)).toEqual(statistics);
      }
      world.step(spec.rules, spec.seed, tick);
    }
  });
});

describe('the memory of the wasm engine', () => {
  it('holds blocks up to its limit, and says in words that it is reached', () => {
    const engine = new WasmEngine(kernelModule, {
      memory: new KernelMemory({ maxBytes: 4 * 2 ** 20 }),
    });
    const block = () => engine.createBlock({ ...extent, width: 250, height: 250 });
    block();
    block();
    block();
    expect(block).toThrow(/needs 2 MiB more, but one process holds at most 4 MiB/);
  });

  it('is worked on by several kernels, each with a scratch of its own', () => {
    const engine = new WasmEngine(kernelModule);
    const blocks = [engine.createBlock(extent), engine.createBlock(extent)] as const;
    for (const block of blocks) scatter(block, 7, DEFAULT_RULES);
    const threads = [0, 1].map(() => new KernelThread(engine.createThread()));
    for (let tick = 0; tick < 3; tick++) {
      engine.tick(blocks[0], DEFAULT_RULES, 7, tick);
      threads[tick % 2]?.tick(engine.addressOf(blocks[1]), DEFAULT_RULES, 7, tick);
    }
    expect(difference(...blocks)).toBeUndefined();
  });

  it('leaves blocks where they are when it grows', () => {
    const engine = new WasmEngine(kernelModule);
    const block = engine.createBlock(extent);
    scatter(block, 1, DEFAULT_RULES);
    const before = digestOf(block);
    for (let i = 0; i < 5; i++) engine.createBlock({ ...extent, width: 300, height: 300 });
    expect(digestOf(block)).toBe(before);
    expect(engine.digestOf(block)).toBe(before);
  });

  it('is the next engine’s when the one before is closed, which then writes nothing', () => {
    const memory = new KernelMemory();
    const closed = new WasmEngine(kernelModule, { memory });
    const old = closed.createBlock(extent);
    scatter(old, 1, DEFAULT_RULES);
    const rectangles = [{ block: old, x: 0, y: 0, width: 5, height: 5 }];
    const packed = new Uint8Array(25 * HALO_CELL_BYTES).fill(7);
    const pack = closed.preparePack(rectangles);
    const unpack = closed.prepareUnpack(rectangles);
    closed.close();
    closed.close();
    const next = new WasmEngine(kernelModule, { memory });
    const block = next.createBlock(extent);
    const late = [
      () => pack(packed, 0),
      () => unpack(packed, 0),
      () => closed.createBlock(extent),
      () => closed.prepareUnpack([]),
      () => closed.tick(old, DEFAULT_RULES, 1, 0),
    ];
    for (const work of late) expect(work).toThrow(/is closed|not one of this engine/);
    expect(difference(createCellBlock(extent), block, extent.halo)).toBeUndefined();
  });

  it('takes 17 bytes a cell, the padding of rows and little else', () => {
    const engine = new WasmEngine(kernelModule);
    const before = engine.memory.usedBytes;
    engine.createBlock({ ...extent, width: 250, height: 250 });
    const scratchBytes = 64 * 1024;
    expect(engine.memory.usedBytes - before).toBeLessThan(256 * 256 * 17 + scratchBytes);
  });

  it('refuses blocks of another engine, and rows that are too long for it', () => {
    const engine = new WasmEngine(kernelModule);
    expect(() => engine.digestOf(createCellBlock(extent) as CellBlock)).toThrow(/not one of/);
    expect(() => engine.createBlock({ ...extent, width: 65536, height: 16 })).toThrow(/65520/);
  });
});
