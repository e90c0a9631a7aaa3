import { LAYER_BYTES, LAYERS } from '../../world/measuring/layers.ts';
import { ColonyError } from '../common/errors.ts';
import {
  applyChanges,
  type ChangesRoom,
  findChanges,
  packValues,
  roomFor,
  type TileChanges,
  unpackValues,
} from './tile-changes.ts';
import {
  assertTiles,
  type TileRange,
  tileSize,
  tilesOf,
  type WorldSize,
  ZOOM_MAX,
} from './tile-grid.ts';

/**
 * The answer to `GET /tiles`: a rectangle of tiles, all in one answer. Little-endian:
 *
 *     0   u32  magic "DCTL"
 *     4   u16  format version (1)
 *     6   u8   layer, index into LAYERS
 *     7   u8   bytes per pixel
 *     8   u32  zoom: a pixel stands for 2^zoom × 2^zoom cells
 *     12  u32  width of the world in cells
 *     16  u32  height of the world
 *     20  u32  x of the first tile, in tiles
 *     24  u32  y
 *     28  u32  columns of tiles
 *     32  u32  rows of tiles
 *     36  u32  least tick shown
 *     40  u32  greatest tick shown
 *     44  u32  zero
 *     48  u8×8 tag of this answer
 *     56  u8×8 tag of the answer that tiles are told against; zeros: of none
 *     64  u32  for each tile, row by row: bits 0–29 bytes of its payload,
 *              bit 31 (CHANGES): the pixels that differ, laid out by tile-changes.ts,
 *              bit 30 (SINCE): … from the tile as it was in that answer, else from zeros;
 *              without bits all pixels, row by row, laid out by `packValues`
 *     …        the payloads, one after the other
 *
 * A tile that is as it was, or blank, has no payload.
 */
export const TILES_HEADER_BYTES = 64;
const MAGIC = 0x4c54_4344;
const VERSION = 1;
const SINCE = 0x4000_0000;
const CHANGES = 0x8000_0000;
const PAYLOAD_MASK = 0x3fff_ffff;
/** 16 hexadecimal digits. */
export const TILES_TAG = /^[0-9a-f]{16}$/;
const NO_TAG = '0'.repeat(16);

/** What an answer says of all its tiles. */
interface TilesHeader extends TileRange {
  world: WorldSize;
  minTick: number;
  maxTick: number;
  /** `TILES_TAG`, not all zeros: what `since` names. */
  tag: string;
}

/** Pixels row by row, LAYER_BYTES wide, little-endian. They begin at the start of their buffer when they were decoded. */
type TilePixels = Uint8Array;

/** An answer as its tiles, row by row. */
export interface TilesAnswer extends TilesHeader {
  tiles: readonly TilePixels[];
}

/** A tile of a decoded answer. */
interface DecodedTile extends WorldSize {
  /** Its place, in tiles. */
  x: number;
  y: number;
  /** Whether it differs from the tile as it was in the answer before; true if it was not in that. */
  isChanged: boolean;
  pixels: TilePixels;
}

export interface DecodedTiles extends TilesHeader {
  tiles: readonly DecodedTile[];
}

/** An earlier answer, and its tile at a place; undefined if it had none there. */
export interface EarlierTiles {
  tag: string;
  tileAt(x: number, y: number): TilePixels | undefined;
}

/**
 * Encodes an answer, each tile in the shorter of its forms.
 *
 * @param since the answer that the client has. @default none
 */
export function encodeTiles(answer: TilesAnswer, since?: EarlierTiles): Uint8Array<ArrayBuffer> {
  const places = tilesOf(answer);
  const begin = TILES_HEADER_BYTES + 4 * places.length;
  const pixelsBytes = answer.tiles.reduce((sum, { length }) => sum + length, 0);
  const out = new Uint8Array(begin + pixelsBytes);
  const view = new DataView(out.buffer);
  writeHeader(view, answer, since?.tag ?? NO_TAG);
  const pixelBytes = LAYER_BYTES[answer.layer];
  const rooms = roomsFor(answer.tiles, pixelBytes);
  let at = begin;
  for (const [i, { x, y }] of places.entries()) {
    const pixels = answer.tiles[i] as TilePixels;
    const { form, payload } = shortest(pixels, since?.tileAt(x, y), pixelBytes, rooms);
    const bytes = payload.reduce((sum, { length }) => sum + length, 0);
    view.setUint32(TILES_HEADER_BYTES + 4 * i, (bytes | form) >>> 0, true);
    for (const some of payload) {
      out.set(some, at);
      at += some.length;
    }
  }
  return out.subarray(0, at);
}

/** Room for the changes of one tile after the other, from an earlier one and from zeros. */
type Rooms = Record<'since' | 'whole', ChangesRoom>;

function roomsFor(tiles: readonly TilePixels[], pixelBytes: number): Rooms {
  const pixels = Math.max(...tiles.map(({ length }) => length / pixelBytes));
  return { since: roomFor(pixels, pixelBytes), whole: roomFor(pixels, pixelBytes) };
}

/** The shortest form of a tile, and its payload in parts. */
function shortest(
  pixels: TilePixels,
  earlier: TilePixels | undefined,
  pixelBytes: number,
  rooms: Rooms,
): { form: number; payload: readonly Uint8Array[] } {
  const told = (form: number, { mask, values }: TileChanges) => ({
    form,
    payload: values.length === 0 ? [] : [mask, packValues(values, pixelBytes)],
  });
  const since = earlier && findChanges(pixels, earlier, pixelBytes, rooms.since);
  if (since !== undefined && 2 * since.values.length < pixels.length) {
    return told(CHANGES | SINCE, since);
  }
  const whole = findChanges(pixels, undefined, pixelBytes, rooms.whole);
  const changes = since === undefined || whole.values.length < since.values.length ? whole : since;
  if (changes.mask.length + changes.values.length >= pixels.length) {
    return { form: 0, payload: [packValues(pixels, pixelBytes)] };
  }
  return told(changes === whole ? CHANGES : CHANGES | SINCE, changes);
}

/**
 * Decodes an answer. Tiles that are as they were share their pixels with the earlier answer, which must
 * not be written to.
 *
 * @param since the answer that was named by `since`: its tiles are looked up where this one has changes.
 * @throws BAD_REQUEST naming actual and expected, before more is allocated than the pixels take.
 */
export function decodeTiles(bytes: Uint8Array, since?: EarlierTiles): DecodedTiles {
  const { header, sinceTag } = readTilesHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pixelBytes = LAYER_BYTES[header.layer];
  const places = tilesOf(header);
  let at = TILES_HEADER_BYTES + 4 * places.length;
  const entries = places.map((_, i) => view.getUint32(TILES_HEADER_BYTES + 4 * i, true));
  const expected = entries.reduce((sum, entry) => sum + (entry & PAYLOAD_MASK), at);
  if (bytes.byteLength !== expected) throw bad(`${bytes.byteLength} bytes, expected ${expected}`);
  const tiles = places.map(({ x, y }, i): DecodedTile => {
    const entry = entries[i] as number;
    const payload = bytes.subarray(at, at + (entry & PAYLOAD_MASK));
    at += payload.length;
    const size = tileSize(header.world, header.zoom, x, y);
    const pixelsBytes = size.width * size.height * pixelBytes;
    const earlier =
      (entry & SINCE) === 0 ? undefined : earlierAt(since, sinceTag, x, y, pixelsBytes);
    if (earlier !== undefined && payload.length === 0) {
      return { x, y, ...size, isChanged: false, pixels: earlier };
    }
    const pixels = earlier?.slice() ?? new Uint8Array(pixelsBytes);
    if ((entry & CHANGES) === 0) {
      if (payload.length !== pixelsBytes) {
        throw bad(`tile (${x}, ${y}) has ${payload.length} bytes, expected ${pixelsBytes}`);
      }
      pixels.set(unpackValues(payload, pixelBytes));
    } else if (payload.length > 0) {
      try {
        applyChanges(payload, pixels, pixelBytes);
      } catch (error) {
        throw bad(`tile (${x}, ${y}): ${(error as Error).message}`);
      }
    }
    return { x, y, ...size, isChanged: true, pixels };
  });
  return { ...header, tiles };
}

/** A decoded answer as what the next one is told against. */
export function earlierTiles({ tag, tiles }: DecodedTiles): EarlierTiles {
  const byPlace = new Map(tiles.map((tile) => [`${tile.x},${tile.y}`, tile.pixels]));
  return { tag, tileAt: (x, y) => byPlace.get(`${x},${y}`) };
}

const bad = (what: string) => new ColonyError('BAD_REQUEST', `tiles: ${what}`);

function earlierAt(
  since: EarlierTiles | undefined,
  sinceTag: string,
  x: number,
  y: number,
  pixelsBytes: number,
): TilePixels {
  if (since?.tag !== sinceTag) {
    throw bad(`they are told against answer ${sinceTag}, not ${since?.tag ?? 'none'}`);
  }
  const earlier = since.tileAt(x, y);
  if (earlier === undefined) throw bad(`answer ${sinceTag} has no tile (${x}, ${y})`);
  if (earlier.length === pixelsBytes) return earlier;
  throw bad(
    `tile (${x}, ${y}) of answer ${sinceTag} has ${earlier.length} bytes, expected ${pixelsBytes}`,
  );
}

function writeHeader(view: DataView, header: TilesHeader, sinceTag: string): void {
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint8(6, LAYERS.indexOf(header.layer));
  view.setUint8(7, LAYER_BYTES[header.layer]);
  const { zoom, world, x, y, columns, rows, minTick, maxTick } = header;
  const words = [zoom, world.width, world.height, x, y, columns, rows, minTick, maxTick];
  for (const [i, word] of words.entries()) view.setUint32(8 + 4 * i, word, true);
  view.setBigUint64(48, BigInt(`0x${header.tag}`));
  view.setBigUint64(56, BigInt(`0x${sinceTag}`));
}

/** Checks all but the payloads; throws BAD_REQUEST. */
function readTilesHeader(bytes: Uint8Array): { header: TilesHeader; sinceTag: string } {
  if (bytes.byteLength < TILES_HEADER_BYTES) {
    throw bad(`${bytes.byteLength} bytes are less than a header of ${TILES_HEADER_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad('the magic number is wrong');
  const version = view.getUint16(4, true);
  if (version !== VERSION) throw bad(`format version ${version}, expected ${VERSION}`);
  const layer = LAYERS[view.getUint8(6)];
  if (layer === undefined) throw bad(`unknown layer ${view.getUint8(6)}`);
  if (view.getUint8(7) !== LAYER_BYTES[layer]) {
    throw bad(`${view.getUint8(7)} bytes per pixel of ${layer}, expected ${LAYER_BYTES[layer]}`);
  }
  const word = (i: number) => view.getUint32(8 + 4 * i, true);
  const tagAt = (at: number) => view.getBigUint64(at).toString(16).padStart(16, '0');
  const header: TilesHeader = {
    layer,
    zoom: word(0),
    world: { width: word(1), height: word(2) },
    x: word(3),
    y: word(4),
    columns: word(5),
    rows: word(6),
    minTick: word(7),
    maxTick: word(8),
    tag: tagAt(48),
  };
  if (header.zoom > ZOOM_MAX) throw bad(`zoom ${header.zoom}, at most ${ZOOM_MAX}`);
  if (header.columns < 1 || header.rows < 1) throw bad('no tiles');
  try {
    assertTiles(header, header.world);
  } catch (error) {
    throw bad((error as Error).message);
  }
  const least = TILES_HEADER_BYTES + 4 * header.columns * header.rows;
  if (bytes.byteLength < least) {
    throw bad(`${bytes.byteLength} bytes are less than ${least} for header and list of tiles`);
  }
  return { header, sinceTag: tagAt(56) };
}
