import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellIndex } from '../../../../services/world/cells/cell-block.ts';
import {
  LAYER_BYTES,
  LAYERS,
  type Layer,
  pictureSize,
  sampleLayer,
} from '../../../../services/world/measuring/layers.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { fillFrom, partition, scatter, seeds, wholeBlock } from '../worlds.ts';

const world = { width: 24, height: 18 };
const rectangles = fc
  .record({ x: fc.nat(world.width - 1), y: fc.nat(world.height - 1) })
  .chain(({ x, y }) =>
    fc.record({
      x: fc.constant(x),
      y: fc.constant(y),
      width: fc.integer({ min: 1, max: world.width - x }),
      height: fc.integer({ min: 1, max: world.height - y }),
      scale: fc.integer({ min: 1, max: 7 }),
    }),
  );

/** The pixels of a whole block in one layer, as numbers. */
function pixelsOf(block: ReturnType<typeof wholeBlock>, layer: Layer, tick: number): number[] {
  const rect = { x: 0, y: 0, width: block.worldWidth, height: block.worldHeight, scale: 1 };
  const valueBytes = LAYER_BYTES[layer];
  const out = new Uint8Array(block.worldWidth * block.worldHeight * valueBytes);
  sampleLayer(block, layer, DEFAULT_RULES, tick, rect, 4, out);
  const view = Buffer.from(out.buffer);
  return Array.from({ length: out.length / valueBytes }, (_, i) =>
    view.readUIntLE(i * valueBytes, valueBytes),
  );
}

describe('a layer', () => {
  it('drawn by all shards into one picture is that of the whole, sampled at the scale', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 23 }), { maxLength: 3 });
    const layers = fc.constantFrom(...LAYERS);
    fc.assert(
      fc.property(seeds, layers, rectangles, cuts, cuts, (seed, layer, rect, xCuts, yCuts) => {
        const whole = wholeBlock(world.width, world.height, 3);
        scatter(whole, seed, DEFAULT_RULES);
        const all = pixelsOf(whole, layer, 70_000);
        const { columns, rows } = pictureSize(rect);
        const valueBytes = LAYER_BYTES[layer];
        const out = new Uint8Array(columns * rows * valueBytes).fill(0xee);
        for (const part of partition(whole, xCuts, yCuts, 2)) {
          fillFrom(whole, part, 'all');
          sampleLayer(part, layer, DEFAULT_RULES, 70_000, rect, 4, out);
        }
        for (let j = 0; j < rows; j++) {
          for (let i = 0; i < columns; i++) {
            const cell = (rect.y + j * rect.scale) * world.width + rect.x + i * rect.scale;
            const offset = (j * columns + i) * valueBytes;
            expect(Buffer.from(out).readUIntLE(offset, valueBytes)).toBe(all[cell]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('shows a creature in every layer, and nothing of it in a blank cell', () => {
    const block = wholeBlock(16, 16, 3);
    for (const column of [0, 1]) {
      const i = cellIndex(block, column, 0);
      block.food[i] = 700;
      block.extraFood[i] = 33;
      block.size[i] = column === 0 ? 20 : 0;
      block.traits[i] = 1;
      block.health[i] = 1234;
      block.birth[i] = 90;
      block.colour[i] = 0x123456;
      block.lineage[i] = 0x000001;
    }
    const shown = Object.fromEntries(
      LAYERS.map((layer) => [layer, pixelsOf(block, layer, 100).slice(0, 2)]),
    );
    expect(shown).toEqual({
      colour: [0xff123456, 0],
      lineage: [0xff000001, 0],
      food: [700, 700],
      extraFood: [33, 33],
      size: [20, 0],
      canKill: [2, 0],
      canMove: [1, 0],
      cost: [2 * 20 + 10, 0],
      health: [1234, 0],
      age: [11, 0],
      owner: [4, 4],
    });
  });

  it('shows the greatest age as 65535', () => {
    const block = wholeBlock(16, 16, 0);
    block.size[0] = 1;
    block.birth[0] = 1;
    expect(pixelsOf(block, 'age', 65536)[0]).toBe(65535);
  });

  it.each([
    { x: -1, y: 0, width: 4, height: 4, scale: 1 },
    { x: 13, y: 0, width: 4, height: 4, scale: 1 },
    { x: 0, y: 0, width: 0, height: 4, scale: 1 },
    { x: 0, y: 0, width: 4, height: 4, scale: 0 },
    { x: 0.5, y: 0, width: 4, height: 4, scale: 1 },
    { x: 0, y: 0, width: 16, height: 16, scale: 1 },
  ])('refuses %o, outside the world or larger than the picture', (rect) => {
    const block = wholeBlock(16, 16, 0);
    const out = new Uint8Array(255);
    expect(() => sampleLayer(block, 'size', DEFAULT_RULES, 0, rect, 0, out)).toThrow(RangeError);
  });
});
