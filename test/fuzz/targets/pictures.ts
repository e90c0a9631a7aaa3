import { isDeepStrictEqual } from 'node:util';
import { AnimatedPng } from '../../../services/platform/pictures/apng.ts';
import { encodePng } from '../../../services/platform/pictures/png.ts';
import { lookupTable, paint } from '../../../services/protocol/pictures/palette.ts';
import { addPicturePart } from '../../../services/protocol/pictures/picture-part.ts';
import { RGB_BYTES } from '../../../services/protocol/pictures/stored-picture.ts';
import {
  CELL_COLUMNS,
  decodeCells,
  encodeCells,
  placedCells,
} from '../../../services/protocol/wire/cells-codec.ts';
import {
  createPicture,
  PICTURE_HEADER_BYTES,
  PICTURE_MAX_BYTES,
  pictureColumns,
  pictureRows,
  readPictureHeader,
} from '../../../services/protocol/wire/picture-codec.ts';
import {
  decodeTiles,
  type EarlierTiles,
  encodeTiles,
} from '../../../services/protocol/wire/tile-codec.ts';
import { tileSize } from '../../../services/protocol/wire/tile-grid.ts';
import { decodeTilePart, encodeTilePart } from '../../../services/protocol/wire/tile-part-codec.ts';
import { LAYER_BYTES, LAYERS } from '../../../services/world/measuring/layers.ts';
import { combineShared, SharedSamples } from '../../../services/world/measuring/shared-samples.ts';
import { pixelsOf } from '../../../services/world/measuring/squares.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { mutatedBytes } from '../input/mutate-bytes.ts';
import { noise } from '../input/noise.ts';
import { coded, grownBy, holds, type Target } from '../target.ts';

const WORLD = { width: 270, height: 24 };
const RANGE = { zoom: 0, x: 0, y: 0, columns: 2, rows: 1 };
const TAG = '00000000000000aa';
const isBadRequest = coded('BAD_REQUEST');

/** Tiles of a layer whose pixels follow from a seed, most of them 0. */
function tilesOf(layer: (typeof LAYERS)[number], seed: number): Uint8Array[] {
  return [0, 1].map((x) => {
    const { width, height } = tileSize(WORLD, RANGE.zoom, x, 0);
    const pixels = noise(seed + x, width * height * LAYER_BYTES[layer]);
    return pixels.map((value, i) => (i % 97 === seed % 97 ? value : 0));
  });
}

const answerOf = (layer: (typeof LAYERS)[number], seed: number) => ({
  ...{ ...RANGE, layer, world: WORLD, minTick: 7, maxTick: 9, tag: TAG },
  tiles: tilesOf(layer, seed),
});

const tiles: Target = {
  name: 'tiles',
  reads: ['services/protocol/wire/tile-codec.ts', 'services/protocol/wire/tile-changes.ts'],
  open() {
    const layers = ['food', 'size', 'colour'] as const;
    const earlier: EarlierTiles = { tag: TAG, tileAt: (x) => tilesOf('food', 1)[x] };
    const seeds = [
      ...layers.map((layer) => encodeTiles(answerOf(layer, 1))),
      encodeTiles(answerOf('food', 2), earlier),
      encodeTiles(answerOf('food', 1), earlier),
      encodeTiles({
        ...answerOf('food', 1),
        tiles: tilesOf('food', 1).map((t) => noise(3, t.length)),
      }),
    ];
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const decoded = decodeTiles(bytes, earlier);
        const pixels = decoded.tiles.map((tile) => tile.pixels);
        const again = decodeTiles(encodeTiles({ ...decoded, tiles: pixels }));
        holds(
          isDeepStrictEqual(
            again.tiles.map((tile) => tile.pixels),
            pixels,
          ),
          'pixels change on their way',
        );
      },
      isDocumented: isBadRequest,
      // Of a few bytes it may be told that all pixels are blank; they are copied to compare them.
      maxAllocation: grownBy(16, 8 * PICTURE_MAX_BYTES),
    };
  },
};

const tilePart: Target = {
  name: 'tile-part',
  reads: ['services/protocol/wire/tile-part-codec.ts', 'services/world/measuring/squares.ts'],
  open() {
    const area = { x: 0, y: 0, width: 64, height: 48 };
    const seeds = (['size', 'food', 'colour'] as const).map((layer, i) => {
      const shared = new SharedSamples();
      for (let x = 0; x < 20; x++) shared.add(x, 3, [1, 2, 3, x]);
      const images = [
        { x: 0, y: 0, width: 9, height: 7 },
        { x: 10, y: 5, width: 3, height: 3 },
      ].map((place) => ({
        ...place,
        pixels: pixelsOf(layer, noise(i, place.width * place.height * LAYER_BYTES[layer])),
      }));
      return encodeTilePart({
        layer,
        zoom: 2,
        minTick: 5,
        maxTick: 6,
        images,
        shared: shared.words,
      });
    });
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const layer = LAYERS[bytes[6] ?? 0] ?? 'food';
        const part = decodeTilePart(bytes, { layer, zoom: 2, area });
        combineShared(layer, [part.shared], () => undefined);
        const again = decodeTilePart(encodeTilePart(part), { layer, zoom: 2, area });
        holds(isDeepStrictEqual(again, part), 'a part changes on its way');
      },
      isDocumented: isBadRequest,
      maxAllocation: grownBy(64),
    };
  },
};

const picture: Target = {
  name: 'picture',
  reads: ['services/protocol/wire/picture-codec.ts', 'services/protocol/pictures/palette.ts'],
  open() {
    const header = { x: 3, y: 4, width: 33, height: 21, scale: 2, minTick: 1, maxTick: 2 };
    const seeds = LAYERS.map((layer, i) => {
      const made = createPicture({ ...header, layer });
      made.set(noise(i, made.length - PICTURE_HEADER_BYTES), PICTURE_HEADER_BYTES);
      return made;
    });
    const tables = new Map(LAYERS.map((layer) => [layer, lookupTable(layer, DEFAULT_RULES)]));
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const read = readPictureHeader(bytes);
        const pixels = pictureColumns(read) * pictureRows(read);
        const out = new Uint32Array(pixels);
        paint(read.layer, bytes.subarray(PICTURE_HEADER_BYTES), tables.get(read.layer)!, out);
        holds(
          out.every((word) => word >>> 24 === 0xff),
          'a pixel can be seen through',
        );
      },
      isDocumented: isBadRequest,
      maxAllocation: grownBy(32),
    };
  },
};

const cells: Target = {
  name: 'cells',
  reads: ['services/protocol/wire/cells-codec.ts'],
  open() {
    const seeds = [0, 1, 24].map((count) => {
      const columns = placedCells(count);
      for (let i = 0; i < count; i++) {
        columns.place[i] = i;
        for (const name of CELL_COLUMNS) columns[name][i] = i * 3;
      }
      return encodeCells({ minTick: 1, maxTick: 2, cells: columns });
    });
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const read = decodeCells(bytes, 24);
        holds(Buffer.compare(encodeCells(read), bytes) === 0, 'cells change on their way');
      },
      isDocumented: isBadRequest,
      maxAllocation: grownBy(32),
    };
  },
};

const FORMAT = { scale: 2, columns: 32, rows: 24 };

/** A piece of a picture as picture-part.ts lays it out. */
function piece(column: number, row: number, columns: number, rows: number): Buffer {
  const header = Buffer.alloc(8);
  for (const [i, word] of [column, row, columns, rows].entries()) header.writeUInt16LE(word, 2 * i);
  return Buffer.concat([header, noise(column, columns * rows * RGB_BYTES)]);
}

const picturePart: Target = {
  name: 'picture-part',
  reads: ['services/protocol/pictures/picture-part.ts'],
  open() {
    const magic = Buffer.from('DCPP');
    const seeds = [
      new Uint8Array(magic),
      new Uint8Array(Buffer.concat([magic, piece(0, 0, 16, 24), piece(16, 0, 16, 24)])),
      new Uint8Array(Buffer.concat([magic, piece(5, 6, 1, 1)])),
    ];
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const rgb = new Uint8Array(FORMAT.columns * FORMAT.rows * RGB_BYTES);
        addPicturePart(bytes, FORMAT, rgb);
      },
      isDocumented: (error) =>
        error instanceof RangeError && error.message.startsWith('a part of a picture'),
      maxAllocation: grownBy(16),
    };
  },
};

const animation: Target = {
  name: 'animation',
  reads: ['services/platform/pictures/apng.ts'],
  async open() {
    const png = await encodePng({ columns: 8, rows: 6, rgb: noise(1, 8 * 6 * RGB_BYTES) });
    const first = new Uint8Array(png);
    const seeds = [
      first,
      new Uint8Array(await encodePng({ columns: 8, rows: 6, rgb: noise(2, 8 * 6 * RGB_BYTES) })),
    ];
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const film = new AnimatedPng({ framesMax: 2, frameMs: 100 });
        film.frame(first);
        film.frame(bytes);
        film.end();
      },
      isDocumented: (error) => error instanceof RangeError && error.message.includes('PNG'),
      maxAllocation: grownBy(32),
    };
  },
};

export const pictureTargets: readonly Target[] = [
  tiles,
  tilePart,
  picture,
  cells,
  picturePart,
  animation,
];
