import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../services/kernel/engine.ts';
import { KernelMemory } from '../../../services/kernel/kernel-memory.ts';
import { KernelThread } from '../../../services/kernel/kernel-thread.ts';
import { WAVES_MAX } from '../../../services/kernel/memory-layout.ts';
import { ReferenceEngine } from '../../../services/kernel/reference-engine.ts';
import { WasmEngine } from '../../../services/kernel/wasm-engine.ts';
import { type CellBlock, createCellBlock } from '../../../services/world/cells/cell-block.ts';
import { copyCells } from '../../../services/world/cells/cell-copy.ts';
import { parcelBytes, viewParcel } from '../../../services/world/cells/cell-parcel.ts';
import { writeGenesis } from '../../../services/world/genesis/genesis.ts';
import { addDigests, digestOf, formatDigest } from '../../../services/world/measuring/digest.ts';
import { LAYER_BYTES, LAYERS, sampleLayer } from '../../../services/world/measuring/layers.ts';
import { mergeStatistics, statisticsOf } from '../../../services/world/measuring/statistics.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { createTickScratch, tickBlock } from '../../../services/world/tick/tick.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { difference, engineWorld } from '../../support/kernel/kernel-worlds.ts';
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
    for (const b of [own, block]) writeGenesis(b, spec);
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

  it('copies as services/world does, from block to block and by way of a parcel', () => {
    const sides = [fc.nat(12), fc.nat(9), fc.nat(24), fc.nat(9)] as const;
    fc.assert(
      fc.property(...sides, seeds, (x, y, width, height, seed) => {
        const source = engine.createBlock(extent);
        scatter(source, seed, DEFAULT_RULES);
        const from = { source, sourceX: x - extent.halo, sourceY: y - extent.halo };
        const to = { targetX: 2, targetY: 4, width, height };
        const expected = createCellBlock(extent);
        copyCells({ ...from, target: expected, ...to });

        const copied = engine.createBlock(extent);
        engine.prepareCopies([{ ...from, target: copied, ...to }])();
        expect(difference(expected, copied, extent.halo)).toBeUndefined();

        const sizes = [
          { width: 3, height: 1 },
          { width, height },
        ];
        const { rasters, message: bytes } = engine.createParcel(sizes);
        const raster = rasters[1]!;
        const byHand = viewParcel(new ArrayBuffer(parcelBytes(sizes)), 0, sizes);
        const in0 = { targetX: 0, targetY: 0, width, height };
        copyCells({ ...from, target: byHand.rasters[1]!, ...in0 });
        const carried = engine.createBlock(extent);
        engine.prepareCopies([
          { ...from, target: raster, ...in0 },
          { source: raster, sourceX: 0, sourceY: 0, target: carried, ...to },
        ])();
        expect(Buffer.compare(bytes, byHand.message)).toBe(0);
        expect(difference(expected, carried, extent.halo)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('refuses copies that leave a block', () => {
    const block = engine.createBlock(extent);
    const at = { sourceX: -3, sourceY: -3, targetX: -3, targetY: -3 };
    const whole = { source: block, target: block, ...at, width: 43, height: 27 };
    expect(() => engine.prepareCopies([whole])).not.toThrow();
    for (const fault of [{ sourceX: -4 }, { targetY: -4 }, { width: 44 }, { height: 28 }]) {
      expect(() => engine.prepareCopies([{ ...whole, ...fault }])).toThrow(/margin of 3/);
    }
  });
});

describe('the wasm engine, its world cut in shards', () => {
  it.each(vectors.worlds)('reaches the published states of %#', ({ spec: published, states }) => {
    const spec = specOf({ ...published, shardSize: 16 });
    const whole = wholeBlock(spec.width, spec.height, 0);
    writeGenesis(whole, spec);
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
    const at = { sourceX: 0, sourceY: 0, targetX: 9, targetY: 9, width: 5, height: 5 };
    const copy = closed.prepareCopies([{ source: old, target: old, ...at }]);
    closed.close();
    closed.close();
    const next = new WasmEngine(kernelModule, { memory });
    const block = next.createBlock(extent);
    const late = [
      copy,
      () => closed.createBlock(extent),
      () => closed.createParcel([]),
      () => closed.prepareCopies([]),
      () => closed.tick(old, DEFAULT_RULES, 1, 0),
    ];
    for (const call of late) expect(call).toThrow(/is closed|not one of this engine/);
    expect(difference(createCellBlock(extent), block, extent.halo)).toBeUndefined();
  });

  it('takes 17 bytes a cell, the padding of rows and little else', () => {
    const engine = new WasmEngine(kernelModule);
    const before = engine.memory.usedBytes;
    engine.createBlock({ ...extent, width: 250, height: 250 });
    const scratchBytes = WAVES_MAX * 64 * 1024;
    expect(engine.memory.usedBytes - before).toBeLessThan(256 * 256 * 17 + scratchBytes);
  });

  it('has room for blocks of any size up to its largest planes', () => {
    const engine = new WasmEngine(kernelModule);
    const spec = specOf({ width: 400, height: 400, seed: 3 });
    const own = { ...extent, halo: 6, worldWidth: 400, worldHeight: 400 };
    // Just within a class of planes, and just beyond: 2048 · 2^n cells, padding and margin included.
    for (const [width, height] of [
      [20, 52],
      [20, 53],
      [116, 116],
      [116, 117],
      [244, 244],
      [245, 245],
    ] as const) {
      const reference = createCellBlock({ ...own, width, height });
      const block = engine.createBlock({ ...own, width, height });
      for (const b of [reference, block]) writeGenesis(b, spec);
      const scratch = createTickScratch(reference.stride * reference.rows);
      for (const tick of [0, 1]) tickBlock(reference, scratch, spec.rules, spec.seed, tick);
      engine.tick(block, spec.rules, spec.seed, 0, 2);
      expect(difference(reference, block)).toBeUndefined();
    }
    const tooLarge = {
      ...own,
      width: 60_000,
      height: 3000,
      worldWidth: 65_536,
      worldHeight: 65_536,
    };
    expect(() => engine.createBlock(tooLarge)).toThrow(/too large for the kernel/);
  });

  it('refuses copies from or to blocks of another engine', () => {
    const engine = new WasmEngine(kernelModule);
    const [own, other] = [engine.createBlock(extent), createCellBlock(extent)];
    const at = { sourceX: 0, sourceY: 0, targetX: 0, targetY: 0, width: 1, height: 1 };
    for (const [source, target] of [
      [own, other],
      [other, own],
    ] as const) {
      expect(() => engine.prepareCopies([{ source, target, ...at }])).toThrow(/not of this engine/);
    }
  });

  it('refuses blocks of another engine, and rows that are too long for it', () => {
    const engine = new WasmEngine(kernelModule);
    expect(() => engine.digestOf(createCellBlock(extent) as CellBlock)).toThrow(/not one of/);
    expect(() => engine.createBlock({ ...extent, width: 65536, height: 16 })).toThrow(/65520/);
  });
});
