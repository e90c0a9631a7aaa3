import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { WasmEngine } from '../../../../services/kernel/wasm-engine.ts';
import type { CellBlock } from '../../../../services/world/cells/cell-block.ts';
import { LAYERS, type Layer } from '../../../../services/world/measuring/layers.ts';
import { SharedSamples } from '../../../../services/world/measuring/shared-samples.ts';
import type { SquareSampler } from '../../../../services/world/measuring/square-sampler.ts';
import { drawSquares, imageOf } from '../../../../services/world/measuring/squares.ts';
import { kernelModule } from '../../../support/kernel/kernel.ts';
import { anyRules, fillFrom, scatter, seeds, wholeBlock } from '../../world/worlds.ts';

const WORLD = { worldWidth: 90, worldHeight: 41 };
const EXTENTS = [
  { x: 0, y: 0, width: 90, height: 41 },
  { x: 3, y: 1, width: 61, height: 39 },
  { x: 17, y: 16, width: 5, height: 9 },
];

const engine = new WasmEngine(kernelModule);
const blocks = EXTENTS.map((extent) => engine.createBlock({ ...extent, ...WORLD, halo: 2 }));
const sampler = engine.createSampler();
afterAll(() => engine.close());

describe('the sampler of the compiled kernel', () => {
  it('draws what the plain one draws, and shares the same samples', () => {
    const layers = fc.constantFrom(...LAYERS);
    const ticks = fc.nat(200_000);
    fc.assert(
      fc.property(seeds, layers, fc.nat(8), ticks, anyRules, (seed, layer, zoom, tick, rules) => {
        const whole = wholeBlock(WORLD.worldWidth, WORLD.worldHeight, 0);
        scatter(whole, seed, rules);
        for (const block of blocks) {
          fillFrom(whole, block, 'all');
          const draw = (with_: SquareSampler | undefined) => drawn(block, layer, with_);
          expect(draw(sampler)).toEqual(draw(undefined));
        }

        function drawn(block: CellBlock, of: Layer, with_: SquareSampler | undefined) {
          const width = Math.ceil(WORLD.worldWidth / 2 ** zoom);
          const height = Math.ceil(WORLD.worldHeight / 2 ** zoom);
          const image = imageOf({ x: 0, y: 0, width, height }, of);
          const shared = new SharedSamples();
          drawSquares(block, { layer: of, zoom, rules, tick, owner: 9 }, image, shared, with_);
          return { pixels: [...image.pixels], shared: [...shared.words] };
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is refused once the engine is closed', () => {
    const closed = new WasmEngine(engine.thread.module);
    closed.close();
    expect(() => closed.createSampler()).toThrow(/closed/);
  });
});
