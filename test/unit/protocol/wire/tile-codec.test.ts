import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeTiles,
  type EarlierTiles,
  earlierTiles,
  encodeTiles,
  TILES_HEADER_BYTES,
  type TilesAnswer,
} from '../../../../services/protocol/wire/tile-codec.ts';
import {
  assertTiles,
  type TileRange,
  tileSize,
  tilesOf,
} from '../../../../services/protocol/wire/tile-grid.ts';
import { LAYER_BYTES, LAYERS, type Layer } from '../../../../services/world/measuring/layers.ts';

/** Two tiles across, the right one 44 pixels wide, the lower ones 8 high. */
const WORLD = { width: 600, height: 528 };
const RANGE = { zoom: 1, x: 0, y: 0, columns: 2, rows: 2 };
const NARROW = { ...RANGE, x: 1, columns: 1 };
const tagOf = (n: number) => n.toString(16).padStart(16, '0');

/** An answer whose pixels are given by a function of their place in their tile. */
function answerOf(
  layer: Layer,
  tag: string,
  byteAt: (tile: number, byte: number) => number,
  range: Omit<TileRange, 'layer'> = RANGE,
): TilesAnswer {
  const tiles = tilesOf(range).map(({ x, y }, tile) => {
    const { width, height } = tileSize(WORLD, range.zoom, x, y);
    return new Uint8Array(width * height * LAYER_BYTES[layer]).map((_, i) => byteAt(tile, i));
  });
  return { ...range, layer, world: WORLD, minTick: 7, maxTick: 9, tag, tiles };
}

const asEarlier = (answer: TilesAnswer): EarlierTiles =>
  earlierTiles(decodeTiles(encodeTiles(answer)));

/** Cheap noise: mostly changed bytes. */
const noise = (seed: number) => (tile: number, i: number) =>
  Math.imul(i + 1, 2654435761 + 2 * (seed + tile)) >>> 24;

describe('an answer of tiles', () => {
  test.each(LAYERS)('is read as it was written, in the layer %s', (layer) => {
    const answer = answerOf(layer, tagOf(1), noise(0));
    const { tiles, ...header } = decodeTiles(encodeTiles(answer));
    const { tiles: pixels, ...expected } = answer;
    expect(header).toEqual(expected);
    expect(tiles.map((tile, i) => Buffer.compare(tile.pixels, pixels[i]!))).toEqual([0, 0, 0, 0]);
    expect(tiles.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 256, 256],
      [1, 0, 44, 256],
      [0, 1, 256, 8],
      [1, 1, 44, 8],
    ]);
  });

  test('is laid out as its module says', () => {
    const bytes = encodeTiles(answerOf('food', 'fedcba9876543210', () => 0));
    expect(Buffer.from(bytes).toString('hex')).toBe(
      [
        '4443544c01000202',
        '010000005802000010020000',
        '00000000000000000200000002000000',
        '070000000900000000000000',
        'fedcba98765432100000000000000000',
        '00000080'.repeat(4),
      ].join(''),
    );
  });

  test('gives pixels that can be read as words', () => {
    const bytes = encodeTiles(answerOf('colour', tagOf(1), noise(0)));
    for (const { pixels } of decodeTiles(bytes).tiles) {
      expect(pixels.byteOffset).toBe(0);
      expect(pixels.buffer.byteLength).toBe(pixels.length);
    }
  });

  test('is read back after any changes, told against any earlier answer', () => {
    const changes = fc.array(fc.tuple(fc.nat(1), fc.nat(700), fc.integer({ min: 0, max: 255 })));
    fc.assert(
      fc.property(fc.constantFrom(...LAYERS), changes, fc.boolean(), (layer, some, isBlank) => {
        const before = answerOf(layer, tagOf(1), isBlank ? () => 0 : noise(3), NARROW);
        const after = { ...before, tag: tagOf(2), tiles: before.tiles.map((t) => t.slice()) };
        for (const [tile, byte, value] of some) {
          const pixels = after.tiles[tile] as Uint8Array;
          if (byte < pixels.length) pixels[byte] = value;
        }
        const since = asEarlier(before);
        const decoded = decodeTiles(encodeTiles(after, since), since);
        expect(decoded.tag).toBe(tagOf(2));
        for (const [i, { isChanged, pixels }] of decoded.tiles.entries()) {
          expect(Buffer.from(pixels).equals(after.tiles[i] as Uint8Array)).toBe(true);
          expect(isChanged).toBe(!Buffer.from(pixels).equals(before.tiles[i] as Uint8Array));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('costs a few bytes where nothing changed, and shares the pixels that were there', () => {
    const since = asEarlier(answerOf('colour', tagOf(1), noise(0)));
    const bytes = encodeTiles(answerOf('colour', tagOf(2), noise(0)), since);
    expect(bytes.length).toBe(TILES_HEADER_BYTES + 4 * 4);
    const decoded = decodeTiles(bytes, since);
    expect(decoded.tiles[0]?.pixels).toBe(since.tileAt(0, 0));
  });

  test('costs a bit for each pixel and the pixels that changed', () => {
    const since = asEarlier(answerOf('colour', tagOf(1), noise(0)));
    const answer = answerOf('colour', tagOf(2), (tile, i) => noise(0)(tile, i) ^ +(i % 4000 === 0));
    const pixels = answer.tiles.reduce((sum, { length }) => sum + length / 4, 0);
    const changed = answer.tiles.reduce((sum, tile) => sum + Math.ceil(tile.length / 4000), 0);
    const bytes = encodeTiles(answer, since).length;
    expect(bytes).toBe(TILES_HEADER_BYTES + 16 + pixels / 8 + 4 * changed);
  });

  test('tells a tile whole, or only what is not blank, where that is shorter', () => {
    const since = asEarlier(answerOf('size', tagOf(1), noise(0)));
    const sparse = answerOf('size', tagOf(2), (_, i) => +(i % 100 === 0));
    expect(encodeTiles(sparse, since)).toHaveLength(encodeTiles(sparse).length);
  });

  test('gives tiles whole that the earlier answer did not have', () => {
    const earlier = answerOf('size', tagOf(1), noise(0), { ...RANGE, columns: 1, rows: 1 });
    const since = asEarlier(earlier);
    const answer = answerOf('size', tagOf(2), noise(0));
    const decoded = decodeTiles(encodeTiles(answer, since), since);
    expect(decoded.tiles.map(({ isChanged }) => isChanged)).toEqual([false, true, true, true]);
    const compared = decoded.tiles.map(({ pixels }, i) => Buffer.compare(pixels, answer.tiles[i]!));
    expect(compared).toEqual([0, 0, 0, 0]);
  });

  test('is never larger than its pixels, its header and its list of tiles', () => {
    const since = asEarlier(answerOf('owner', tagOf(1), noise(0)));
    const answer = answerOf('owner', tagOf(2), noise(99));
    const pixels = answer.tiles.reduce((sum, { length }) => sum + length, 0);
    const most = TILES_HEADER_BYTES + 16 + pixels;
    expect(encodeTiles(answer, since).length).toBeLessThanOrEqual(most);
    expect(encodeTiles(answer).length).toBeLessThanOrEqual(most);
  });
});

describe('bytes that are no answer of tiles', () => {
  const whole = encodeTiles(answerOf('size', tagOf(1), noise(0)));
  const since = asEarlier(answerOf('size', tagOf(1), noise(0)));
  const sparse = encodeTiles(
    answerOf('size', tagOf(2), (tile, i) => noise(0)(tile, i) ^ +(i % 500 === 7)),
    since,
  );
  const halves = encodeTiles(answerOf('food', tagOf(1), (_, i) => +(i % 500 === 7)));
  /** A world of 17 × 17 cells: a mask has seven bits more than its tile has pixels. */
  const tiny = encodeTiles({
    ...{ layer: 'size', zoom: 0, x: 0, y: 0, columns: 1, rows: 1, minTick: 0, maxTick: 0 },
    ...{
      world: { width: 17, height: 17 },
      tag: tagOf(1),
      tiles: [new Uint8Array(289).fill(1, 0, 9)],
    },
  });
  const TINY_MASK_END = TILES_HEADER_BYTES + 4 + 36;
  /** With the payload of the first tile longer or shorter. */
  const resized = (bytes: Uint8Array, by: number) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const at = TILES_HEADER_BYTES;
    const entry = view.getUint32(at, true);
    const end = at + 16 + (entry & 0x3fffffff);
    const cut = bytes.slice(0, end + Math.min(0, by));
    const out = Uint8Array.of(...cut, ...new Uint8Array(Math.max(0, by)), ...bytes.slice(end));
    new DataView(out.buffer).setUint32(at, entry + by, true);
    return out;
  };
  const changed = (bytes: Uint8Array, ...changes: [at: number, value: number][]) => {
    const copy = bytes.slice();
    for (const [at, value] of changes) copy[at] = value;
    return copy;
  };

  test.each<[string, Uint8Array, RegExp]>([
    ['none', new Uint8Array(0), /0 bytes are less than a header of 64/],
    ['a part of a header', whole.subarray(0, 63), /63 bytes are less than a header of 64/],
    ['of another kind', changed(whole, [0, 0]), /magic/],
    ['of another version', changed(whole, [4, 2]), /format version 2, expected 1/],
    ['of an unknown layer', changed(whole, [6, 200]), /unknown layer 200/],
    ['of wrong pixels', changed(whole, [7, 3]), /3 bytes per pixel of size, expected 1/],
    ['of a zoom beyond the last', changed(whole, [8, 9]), /zoom 9, at most 8/],
    ['without columns', changed(whole, [28, 0]), /no tiles/],
    ['of tiles outside the world', changed(whole, [20, 1]), /reach beyond the 2 x 2 tiles/],
    [
      'of more tiles than are given at once',
      changed(whole, [14, 255], [18, 255], [29, 127], [33, 127]),
      /at most 16777216 are given/,
    ],
    ['cut short in the list of tiles', whole.subarray(0, 70), /70 bytes are less than 80/],
    ['cut short in the pixels', whole.subarray(0, 200), /200 bytes, expected/],
    ['too long', Uint8Array.of(...whole, 0), /expected/],
    ['told against another answer', changed(sparse, [56, 1]), /01000000.*01, not 0{15}1/],
    ['of half a mask', resized(sparse, -8_000), /tile \(0, 0\): the changes are cut short/],
    ['of fewer values than changes', resized(sparse, -1), /tile \(0, 0\): the changes are cut/],
    ['of more values than changes', resized(sparse, 1), /tile \(0, 0\): there are more values/],
    ['of half a value', resized(halves, 1), /tile \(0, 0\): half a value/],
    ['of a change beyond its tile', changed(tiny, [TINY_MASK_END, 0x80]), /beyond the tile/],
    ['of a whole tile that is not', resized(whole, -1), /tile \(0, 0\) has 65535 bytes, expected/],
  ])('are refused: %s', (_, bytes, message) => {
    expect(() => decodeTiles(bytes, since)).toThrow(message);
  });

  test('are refused without the answer that they are told against', () => {
    expect(() => decodeTiles(sparse)).toThrow(/against answer 0{15}1, not none/);
  });

  test('are refused where that answer has no such tile, or one of another size', () => {
    const without = { tag: tagOf(1), tileAt: () => undefined };
    expect(() => decodeTiles(sparse, without)).toThrow(/has no tile \(0, 0\)/);
    const small = { tag: tagOf(1), tileAt: () => new Uint8Array(3) };
    expect(() => decodeTiles(sparse, small)).toThrow(/has 3 bytes, expected 65536/);
  });

  test('never do more than throw a ColonyError, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(whole, sparse),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255))),
        (bytes, changes) => {
          try {
            decodeTiles(changed(bytes, ...changes), since);
          } catch (error) {
            expect((error as Error).name).toBe('ColonyError');
          }
        },
      ),
    );
  });
});

describe('a range of tiles', () => {
  test('that leaves the world is refused', () => {
    const range = { ...RANGE, layer: 'size' as const };
    expect(() => assertTiles(range, WORLD)).not.toThrow();
    expect(() => assertTiles({ ...range, x: 1 }, WORLD)).toThrow(
      expect.objectContaining({ code: 'TILES_OUTSIDE_WORLD' }),
    );
    expect(() => assertTiles({ ...range, rows: 3 }, WORLD)).toThrow(/beyond the 2 x 2 tiles/);
  });

  test('that takes too many bytes is refused', () => {
    const large = { width: 65536, height: 65536 };
    const range = { layer: 'colour' as const, zoom: 0, x: 0, y: 0, columns: 8, rows: 8 };
    expect(() => assertTiles(range, large)).not.toThrow();
    expect(() => assertTiles({ ...range, columns: 9 }, large)).toThrow(
      expect.objectContaining({ code: 'TILES_TOO_LARGE' }),
    );
  });
});
