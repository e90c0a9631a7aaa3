import { describe, expect, test } from 'vitest';
import {
  decodeCells,
  encodeCells,
  placedCells,
} from '../../../../services/protocol/wire/cells-codec.ts';
import {
  decodeTilePart,
  encodeTilePart,
  TILE_PART_MAX_BYTES,
} from '../../../../services/protocol/wire/tile-part-codec.ts';
import { LAYERS } from '../../../../services/world/measuring/layers.ts';
import { SharedSamples } from '../../../../services/world/measuring/shared-samples.ts';
import { imageOf } from '../../../../services/world/measuring/squares.ts';

const changed = (bytes: Uint8Array, ...changes: [at: number, value: number][]) => {
  const copy = bytes.slice();
  for (const [at, value] of changes) copy[at] = value;
  return copy;
};

/** The same bytes, at an odd offset of a larger buffer. */
const shifted = (bytes: Uint8Array) => Uint8Array.of(1, ...bytes, 2).subarray(1, bytes.length + 1);

describe("a backend's part of tiles", () => {
  const area = { x: 2, y: 3, width: 30, height: 20 };
  const partOf = (layer: (typeof LAYERS)[number]) => {
    const images = [
      imageOf({ x: 2, y: 3, width: 7, height: 5 }, layer),
      imageOf({ x: 9, y: 3, width: 3, height: 3 }, layer),
    ];
    for (const [i, { pixels }] of images.entries()) pixels.fill(11 + i);
    const shared = new SharedSamples();
    shared.add(9, 8, [1, 0, 3]);
    return { layer, zoom: 3, minTick: 70, maxTick: 71, images, shared: shared.words };
  };
  const asked = { layer: 'size', zoom: 3, area } as const;
  const bytes = encodeTilePart(partOf('size'));

  test.each(LAYERS)('is read as it was written, in the layer %s', (layer) => {
    const part = partOf(layer);
    const decoded = decodeTilePart(shifted(encodeTilePart(part)), { ...asked, layer });
    expect(decoded).toEqual({ ...part, shared: part.shared.slice() });
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /0 bytes are less than 24/],
    ['of another kind', changed(bytes, [0, 0]), /magic/],
    ['of another version', changed(bytes, [4, 2]), /format version 2, expected 1/],
    ['of another layer', changed(bytes, [6, 0]), /colour at zoom 3, expected size at 3/],
    ['of an unknown layer', changed(bytes, [6, 99]), /undefined at zoom 3/],
    ['of another zoom', changed(bytes, [7, 4]), /size at zoom 4, expected size at 3/],
    ['of more images than there are', changed(bytes, [18, 9]), /bytes are less than/],
    ['of a list of samples that is cut short', changed(bytes, [56 + 8, 9]), /cut short/],
    ['of pixels that were not asked for', changed(bytes, [24, 0]), /\(0, 3\) were not asked for/],
    ['cut short', bytes.subarray(0, bytes.length - 5), /bytes are less than/],
    ['too long', Uint8Array.of(...bytes, 0), /expected/],
  ])('is refused: %s', (_, wrong, message) => {
    expect(() => decodeTilePart(wrong, asked)).toThrow(message);
  });

  test('that is too large is refused by the backend', () => {
    const shared = new Uint32Array(TILE_PART_MAX_BYTES / 4);
    expect(() => encodeTilePart({ ...partOf('size'), shared })).toThrow(
      expect.objectContaining({ code: 'TILES_TOO_LARGE' }),
    );
  });
});

describe("a backend's cells", () => {
  const cells = placedCells(3);
  for (const [i, column] of Object.values(cells).entries()) column.set([i, i + 10, i + 20]);
  const bytes = encodeCells({ minTick: 5, maxTick: 6, cells });

  test('are read as they were written', () => {
    expect(decodeCells(shifted(bytes), 21)).toEqual({ minTick: 5, maxTick: 6, cells });
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /0 bytes are too few/],
    ['of another kind', changed(bytes, [0, 0]), /magic/],
    ['of another version', changed(bytes, [4, 9]), /format version 9, expected 1/],
    ['cut short', bytes.subarray(0, bytes.length - 1), /bytes, expected/],
    ['too long', Uint8Array.of(...bytes, 0), /bytes, expected/],
    ['of a place that was not asked for', changed(bytes, [28, 99]), /place 99 of 21/],
  ])('are refused: %s', (_, wrong, message) => {
    expect(() => decodeCells(wrong, 21)).toThrow(message);
  });
});
