import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellBlock } from '../../../../services/world/cells/cell-block.ts';
import { LAYERS, type Layer, sampleLayer } from '../../../../services/world/measuring/layers.ts';
import { combineSamples } from '../../../../services/world/measuring/samples.ts';
import {
  combineShared,
  SharedSamples,
} from '../../../../services/world/measuring/shared-samples.ts';
import {
  drawSquares,
  imageOf,
  type PixelArea,
  pixelsWithin,
} from '../../../../services/world/measuring/squares.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';
import { fillFrom, partition, scatter, seeds, wholeBlock } from '../worlds.ts';

const TICK = 70_000;
const OWNER = 4;
const viewOf = (layer: Layer, zoom: number) => ({
  ...{ layer, zoom, rules: DEFAULT_RULES, tick: TICK, owner: OWNER },
});

/** Draws an area from some blocks that are the whole world. */
function draw(blocks: CellBlock[], layer: Layer, zoom: number, area: PixelArea): number[] {
  const image = imageOf(area, layer);
  const lists = blocks.map((block) => {
    const shared = new SharedSamples();
    drawSquares(block, viewOf(layer, zoom), image, shared);
    return shared.words;
  });
  combineShared(layer, lists, (x, y, pixel) => {
    image.pixels[(y - area.y) * area.width + x - area.x] = pixel;
  });
  return [...image.pixels];
}

/** The value of every cell of the world. */
function valuesOf(whole: CellBlock, layer: Layer): number[] {
  const { worldWidth: width, worldHeight: height } = whole;
  const image = imageOf({ x: 0, y: 0, width, height }, layer);
  const bytes = new Uint8Array(image.pixels.buffer);
  const rect = { x: 0, y: 0, width, height, scale: 1 };
  sampleLayer(whole, layer, DEFAULT_RULES, TICK, rect, OWNER, bytes);
  return [...image.pixels];
}

const pixelsOf = (whole: CellBlock, zoom: number): PixelArea => ({
  ...{ x: 0, y: 0 },
  width: Math.ceil(whole.worldWidth / 2 ** zoom),
  height: Math.ceil(whole.worldHeight / 2 ** zoom),
});

describe('the squares of a layer', () => {
  it('are the same however the world is cut into blocks', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 23 }), { maxLength: 4 });
    const sides = fc.integer({ min: 24, max: 70 });
    const layers = fc.constantFrom(...LAYERS);
    const zooms = fc.nat(8);
    fc.assert(
      fc.property(
        seeds,
        layers,
        zooms,
        sides,
        sides,
        cuts,
        cuts,
        (seed, layer, zoom, w, h, xs, ys) => {
          const whole = wholeBlock(w, h, 3);
          scatter(whole, seed, DEFAULT_RULES);
          const parts = partition(whole, xs, ys, 2);
          for (const part of parts) fillFrom(whole, part, 'all');
          const area = pixelsOf(whole, zoom);
          expect(draw(parts, layer, zoom, area)).toEqual(draw([whole], layer, zoom, area));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are the same in a part of the world as in the whole', () => {
    const areas = fc.record({
      x: fc.nat(6),
      y: fc.nat(4),
      width: fc.integer({ min: 1, max: 5 }),
      height: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(seeds, fc.constantFrom(...LAYERS), areas, (seed, layer, area) => {
        const whole = wholeBlock(44, 30, 3);
        scatter(whole, seed, DEFAULT_RULES);
        const all = pixelsOf(whole, 2);
        const pixels = draw([whole], layer, 2, all);
        const expected: number[] = [];
        for (let y = area.y; y < area.y + area.height; y++) {
          for (let x = area.x; x < area.x + area.width; x++)
            expected.push(pixels[y * all.width + x]!);
        }
        expect(draw([whole], layer, 2, area)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it.each(LAYERS)('are the cells themselves at zoom 0, in the layer %s', (layer) => {
    const whole = wholeBlock(50, 20, 3);
    scatter(whole, 7, DEFAULT_RULES);
    expect(draw([whole], layer, 0, pixelsOf(whole, 0))).toEqual(valuesOf(whole, layer));
  });

  it.each(['food', 'extraFood'] as const)('of %s are the means of all their cells', (layer) => {
    const whole = wholeBlock(32, 32, 1);
    scatter(whole, 8, DEFAULT_RULES);
    const values = valuesOf(whole, layer);
    const square = [0, 1, 2, 3].flatMap((y) => [4, 5, 6, 7].map((x) => values[y * 32 + x]!));
    const mean = square.reduce((sum, value) => sum + value, 0) / 16;
    expect(draw([whole], layer, 2, pixelsOf(whole, 2))[1]).toBe(Math.floor(mean + 0.5));
  });

  it.each(['size', 'canKill', 'canMove', 'cost', 'health', 'age'] as const)(
    'of %s are the means of the creatures in them',
    (layer) => {
      const whole = wholeBlock(32, 32, 1);
      for (const cell of [1, 2]) {
        const i = whole.stride + cell;
        whole.size[i] = 10 * cell;
        whole.traits[i] = cell === 1 ? 3 : 0;
        whole.health[i] = 60_000 + cell;
        whole.birth[i] = (TICK - 5 * cell) & 0xffff;
      }
      const [first, second] = valuesOf(whole, layer) as [number, number];
      const shown = draw([whole], layer, 2, pixelsOf(whole, 2))[0];
      expect(first).not.toBe(second);
      expect(shown).toBe(Math.floor((first + second) / 2 + 0.5));
    },
  );

  it('of large squares look at sixteen cells on the grid of the world', () => {
    const whole = wholeBlock(64, 64, 0);
    for (let y = 0; y < 64; y += 8) for (let x = 0; x < 64; x += 8) whole.food[y * 64 + x] = 16;
    expect(draw([whole], 'food', 5, pixelsOf(whole, 5))).toEqual([16, 16, 16, 16]);
    whole.food[8 * 64 + 8] = 32;
    expect(draw([whole], 'food', 5, pixelsOf(whole, 5))).toEqual([17, 16, 16, 16]);
  });

  it('at the edge of the world are of the cells that are there', () => {
    const whole = wholeBlock(33, 16, 0);
    for (let y = 0; y < 16; y++) whole.food[y * 33 + 32] = 100;
    expect(draw([whole], 'food', 4, pixelsOf(whole, 4))).toEqual([0, 0, 100]);
  });
});

describe('the samples of a square', () => {
  it('give the most frequent that lives, of equally frequent ones the least', () => {
    expect(combineSamples('colour', [0, 0, 9, 0])).toBe(9);
    expect(combineSamples('colour', [3, 9, 0, 9])).toBe(9);
    expect(combineSamples('colour', [9, 0xff000001, 0xff000001, 9])).toBe(9);
    expect(combineSamples('owner', [7, 5, 6, 8])).toBe(5);
    expect(combineSamples('lineage', [0, 0, 0, 0])).toBe(0);
  });

  it('of several blocks are drawn once for each pixel', () => {
    const [one, other] = [new SharedSamples(), new SharedSamples()];
    one.add(5, 6, [11, 0]);
    one.add(5, 7, [21]);
    other.add(5, 6, [14]);
    const drawn: number[][] = [];
    combineShared('food', [one.words, other.words], (...pixel) => drawn.push(pixel));
    expect(drawn).toEqual([
      [5, 6, 12],
      [5, 7, 20],
    ]);
  });

  it('that are cut short are refused', () => {
    const shared = new SharedSamples();
    shared.add(1, 2, [3, 4]);
    for (const length of [1, 2, 3, 4]) {
      const cut = shared.words.subarray(0, length);
      expect(() => combineShared('food', [cut], () => {})).toThrow(/cut short/);
    }
  });

  it('are kept however many there are', () => {
    const shared = new SharedSamples();
    for (let x = 0; x < 500; x++) shared.add(x, 0, [x + 1]);
    const drawn: number[] = [];
    combineShared('food', [shared.words], (x, _, pixel) => drawn.push(pixel - x));
    expect(drawn).toEqual(Array(500).fill(0));
  });
});

describe('the pixels of some cells', () => {
  it('are those that have a sample among them', () => {
    const area = { x: 0, y: 0, width: 100, height: 100 };
    const view = { layer: 'food', zoom: 4 } as const;
    const within = (x: number, width: number) =>
      pixelsWithin({ x, y: 0, width, height: 16 }, view, area);
    expect(within(16, 16)).toEqual({ x: 1, y: 0, width: 1, height: 1 });
    expect(within(15, 18)).toEqual({ x: 1, y: 0, width: 2, height: 1 });
    expect(within(13, 3)).toBeUndefined();
    expect(
      pixelsWithin({ x: 0, y: 0, width: 16, height: 16 }, view, { ...area, x: 1 }),
    ).toBeUndefined();
  });
});
