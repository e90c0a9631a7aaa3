import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookupTable, shadesOf } from '../../../../services/protocol/pictures/palette.ts';
import {
  addPicturePart,
  PicturePartWriter,
} from '../../../../services/protocol/pictures/picture-part.ts';
import {
  pictureFormat,
  pictureKey,
  pictureTickOf,
} from '../../../../services/protocol/pictures/stored-picture.ts';
import { sampleLayer } from '../../../../services/world/measuring/layers.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { specOf } from '../../world/worlds.ts';

const SHADES = shadesOf(DEFAULT_RULES);

/** Red, green, blue of every pixel of a world at a scale, from the layers that the API shows. */
function byLayers(world: SingleWorld, scale: number): number[] {
  const { width, height } = world.spec;
  const rect = { x: 0, y: 0, width, height, scale };
  const pixels = Math.ceil(width / scale) * Math.ceil(height / scale);
  const [colour, food] = [new Uint8Array(4 * pixels), new Uint8Array(2 * pixels)];
  for (const block of world.blocks) {
    sampleLayer(block, 'colour', world.rules, world.tick, rect, 0, colour);
    sampleLayer(block, 'food', world.rules, world.tick, rect, 0, food);
  }
  return Array.from({ length: pixels }, (_, i) => {
    const [blue = 0, green = 0, red = 0, there] = colour.subarray(4 * i, 4 * i + 4);
    if (there !== 0) return [red, green, blue];
    const shade = SHADES.food[(food[2 * i] ?? 0) + 256 * (food[2 * i + 1] ?? 0)] ?? 0;
    return [shade >>> 16, (shade >>> 8) & 0xff, shade & 0xff];
  }).flat();
}

describe('a picture', () => {
  test('put together from the parts of any shards at any scale shows what the layers show', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(16, 32, 48),
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: 1, max: 4 }),
        (shardSize, scale, backends) => {
          const spec = { ...specOf({ width: 96, height: 96 }), shardSize };
          const world = new SingleWorld(spec, { shardSize });
          for (let i = 0; i < 3; i++) world.step();
          const side = Math.ceil(96 / scale);
          const format = { scale, columns: side, rows: side };
          const rgb = new Uint8Array(side * side * 3);
          let pixels = 0;
          for (let owner = 0; owner < backends; owner++) {
            const writer = new PicturePartWriter(format, SHADES);
            for (const [i, block] of world.blocks.entries()) {
              if (i % backends === owner) writer.add(block, block);
            }
            pixels += addPicturePart(writer.finish(), format, rgb);
          }
          expect(pixels).toBe(side * side);
          expect([...rgb]).toEqual(byLayers(world, scale));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('shows food darker than creatures could be confused with', () => {
    const words = lookupTable('food', DEFAULT_RULES);
    const brightest = (words[DEFAULT_RULES.maxFood] ?? 0) & 0xff;
    expect((SHADES.food[DEFAULT_RULES.maxFood] ?? 0) >>> 16).toBe(brightest >>> 1);
  });
});

describe('a part of a picture that', () => {
  const format = { scale: 1, columns: 16, rows: 16 };
  const world = new SingleWorld({ ...specOf({ width: 16, height: 16 }), shardSize: 16 });
  const writer = new PicturePartWriter(format, SHADES);
  writer.add(world.blocks[0]!, world.blocks[0]!);
  const part = writer.finish();
  const rgb = () => new Uint8Array(16 * 16 * 3);

  test.each([
    ['is empty', new Uint8Array(0), /magic/],
    ['has another magic number', part.map((byte, i) => (i === 0 ? 0 : byte)), /magic/],
    ['ends in a header', part.subarray(0, 9), /middle/],
    ['ends in its pixels', part.subarray(0, -1), /middle/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => addPicturePart(bytes, format, rgb())).toThrow(message);
  });

  test('lies outside is refused, before a pixel is written', () => {
    const small = { scale: 1, columns: 16, rows: 15 };
    const out = new Uint8Array(16 * 15 * 3);
    expect(() => addPicturePart(part, small, out)).toThrow(/outside/);
    expect(out.every((byte) => byte === 0)).toBe(true);
  });
});

test.each([
  [
    { width: 16, height: 16 },
    { scale: 1, columns: 16, rows: 16 },
  ],
  [
    { width: 1024, height: 700 },
    { scale: 1, columns: 1024, rows: 700 },
  ],
  [
    { width: 2000, height: 1250 },
    { scale: 2, columns: 1000, rows: 625 },
  ],
  [
    { width: 1025, height: 16 },
    { scale: 2, columns: 513, rows: 8 },
  ],
  [
    { width: 65_536, height: 65_536 },
    { scale: 64, columns: 1024, rows: 1024 },
  ],
])('a world of %o is pictured as %o', (world, format) => {
  expect(pictureFormat(world)).toEqual(format);
});

test('the key of a picture has its tick', () => {
  const key = pictureKey('reef', 'i-1', 1_234);
  expect(key).toBe('pictures/reef/i-1/0000001234.png');
  expect(pictureTickOf('0000001234.png')).toBe(1_234);
  expect(pictureTickOf('1234.png')).toBeUndefined();
});
