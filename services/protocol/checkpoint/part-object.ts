import { CELL_BYTES } from '../../world/cells/cell-fields.ts';
import { sha256 } from '../common/canonical-json.ts';
import { CHECKPOINT_FORMAT } from './manifest.ts';
import { hashAt, type PartSource, shardsOf, unreadable } from './part-source.ts';

/**
 * One object of a backend's part of a checkpoint: bands of cells, which are rows of one shard, each packed
 * and compressed by itself, and an index of them at the end. Little-endian:
 *
 *     0   u32  magic "DCCP"
 *     4   u16  CHECKPOINT_FORMAT
 *     6   u8   codec of all bands, see CODECS
 *     7   u8   zero
 *     8   u32  engine version
 *     12  u32  tick
 *     16  u32  width of the world, cells
 *     20  u32  height of the world, cells
 *     24  u32  side of a shard, cells
 *     28  u32  bands
 *     32  u32  indexOffset: where the index begins
 *     36  u32  indexBytes: 56 for each band
 *     40  32   SHA-256 of the bytes 0 to 39 and of the index
 *     72  …    stored bands, one right after the other
 *     …   …    index: an entry for each band, ascending by shard and row, nothing twice
 *
 * and an entry of the index:
 *
 *     0   u32  shard
 *     4   u32  firstRow, counted within the shard
 *     8   u32  rows
 *     12  u32  offset in the object
 *     16  u32  storedBytes
 *     20  u32  packedBytes: what it has when it is decompressed
 *     24  32   SHA-256 of the stored bytes
 *
 * So the manifest, which has the hash of header and index, has that of every byte of the object. A reader
 * asks for the header, then for the index, then for the bands that it needs, and believes no length before
 * it is checked. What is wrong with an object is CHECKPOINT_UNREADABLE.
 */
export const PART_HEADER_BYTES = 72;
export const PART_ENTRY_BYTES = 56;
export const PART_MAGIC = 0x5043_4344;
export const HASHED_BYTES = 40;

/** How the bands of an object are compressed. */
export const CODECS = { none: 0, deflateRaw: 1, zstd: 2 } as const;
export type Codec = (typeof CODECS)[keyof typeof CODECS];

/** What the header says of the checkpoint, which a reader knows from the manifest. */
export interface PartWorld {
  engineVersion: number;
  tick: number;
  width: number;
  height: number;
  shardSize: number;
}

export interface PartHeader extends PartWorld {
  codec: Codec;
  bands: number;
  indexOffset: number;
  indexBytes: number;
  /** Of the header and the index: not checked before the index is read. */
  sha256: string;
}

/** Rows of one shard. */
export interface BandRows {
  shard: number;
  firstRow: number;
  rows: number;
}

/** Where a band is in its object. */
export interface BandEntry extends BandRows {
  offset: number;
  storedBytes: number;
  packedBytes: number;
  sha256: string;
}

/** The most that a packed band may have: every field of every cell, and some more. Another one is no band. */
export const packedBytesMax = (rows: number, shardSize: number): number =>
  rows * shardSize * (CELL_BYTES + 1) + 4096;

/** Of the header, but for its own place in it, and of the index. */
export const partHash = (header: Uint8Array, index: Uint8Array): string =>
  sha256(header.subarray(0, HASHED_BYTES), index);

/** Reads the first PART_HEADER_BYTES of an object: of the checkpoint that is expected, or not at all. */
export function readHeader(bytes: Uint8Array, source: PartSource, expected: PartWorld): PartHeader {
  const bad = (what: string) => unreadable(source, what);
  const { sizeBytes, sha256: hash } = source.object;
  if (bytes.byteLength < PART_HEADER_BYTES) {
    throw bad(`${bytes.byteLength} bytes are less than a header of ${PART_HEADER_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, PART_HEADER_BYTES);
  if (view.getUint32(0, true) !== PART_MAGIC) throw bad('the magic number is wrong');
  const version = view.getUint16(4, true);
  if (version !== CHECKPOINT_FORMAT) {
    throw bad(`it has the format ${version}, this build reads the format ${CHECKPOINT_FORMAT}`);
  }
  const codec = Object.values(CODECS).find((known) => known === view.getUint8(6));
  if (codec === undefined) throw bad(`this build does not know its codec ${view.getUint8(6)}`);
  if (view.getUint8(7) !== 0) throw bad('byte 7 is not zero');
  for (const [field, name] of WORLD_FIELDS.entries()) {
    const value = view.getUint32(8 + 4 * field, true);
    if (value !== expected[name]) {
      throw bad(`its ${name} is ${value}, that of the manifest ${expected[name]}`);
    }
  }
  const [bands, indexOffset, indexBytes] = [28, 32, 36].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  if (bands === 0 || indexBytes !== bands * PART_ENTRY_BYTES) {
    throw bad(`an index of ${indexBytes} bytes is not that of ${bands} bands`);
  }
  if (indexOffset < PART_HEADER_BYTES || indexOffset + indexBytes !== sizeBytes) {
    throw bad(
      `an index of ${indexBytes} bytes at ${indexOffset} does not end an object of ${sizeBytes}`,
    );
  }
  const own = hashAt(bytes, HASHED_BYTES);
  if (own !== hash) throw bad(`its header has the SHA-256 ${own}, the manifest ${hash}`);
  return { ...expected, codec, bands, indexOffset, indexBytes, sha256: own };
}

const WORLD_FIELDS = ['engineVersion', 'tick', 'width', 'height', 'shardSize'] as const;

/**
 * Reads the index of an object, and checks it and the header against their hash.
 *
 * @param headerBytes those that the header was read from
 */
export function readIndex(
  header: PartHeader,
  headerBytes: Uint8Array,
  index: Uint8Array,
  source: PartSource,
): BandEntry[] {
  if (index.byteLength !== header.indexBytes) {
    throw unreadable(source, `its index has ${index.byteLength} bytes of ${header.indexBytes}`);
  }
  if (partHash(headerBytes, index) !== header.sha256) {
    throw unreadable(source, 'its header or index is damaged: their SHA-256 is another');
  }
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const entries: BandEntry[] = [];
  let end = PART_HEADER_BYTES;
  for (let base = 0; base < index.byteLength; base += PART_ENTRY_BYTES) {
    const u32 = (field: number) => view.getUint32(base + 4 * field, true);
    const entry: BandEntry = {
      shard: u32(0),
      firstRow: u32(1),
      rows: u32(2),
      offset: u32(3),
      storedBytes: u32(4),
      packedBytes: u32(5),
      sha256: hashAt(index, base + 24),
    };
    const problem = entryProblem(entry, header, entries.at(-1), end);
    if (problem !== undefined) throw unreadable(source, problem, entry);
    end += entry.storedBytes;
    entries.push(entry);
  }
  if (end !== header.indexOffset) {
    throw unreadable(source, `its bands end at ${end}, the index begins at ${header.indexOffset}`);
  }
  const [from, to] = [entries[0]?.shard, entries.at(-1)?.shard];
  if (from !== source.object.shardsFrom || to !== source.object.shardsTo) {
    throw unreadable(source, `it has the ${shardsOf(from, to)}`);
  }
  return entries;
}

/** Throws unless these are the stored bytes of the band. */
export function checkBand(entry: BandEntry, stored: Uint8Array, source: PartSource): void {
  if (stored.byteLength !== entry.storedBytes) {
    throw unreadable(source, `${stored.byteLength} bytes of ${entry.storedBytes}`, entry);
  }
  if (sha256(stored) !== entry.sha256) {
    throw unreadable(source, 'the cells are damaged: their SHA-256 is another', entry);
  }
}

/** What is wrong with an entry that comes after another one and begins where the bands before it end. */
export function entryProblem(
  { shard, firstRow, rows, offset, storedBytes, packedBytes }: Omit<BandEntry, 'sha256'>,
  { width, height, shardSize }: PartWorld,
  before: BandRows | undefined,
  end: number,
): string | undefined {
  const shards = (width / shardSize) * (height / shardSize);
  if (shard >= shards) return `there are ${shards} shards`;
  if (rows === 0 || firstRow + rows > shardSize)
    return `a shard has the rows 0 to ${shardSize - 1}`;
  if (before !== undefined) {
    const isLater = shard === before.shard && firstRow >= before.firstRow + before.rows;
    if (shard < before.shard || (shard === before.shard && !isLater)) {
      return `it comes after row ${before.firstRow + before.rows - 1} of shard ${before.shard}`;
    }
  }
  if (offset !== end) return `it begins at ${offset}, where the bands before it end at ${end}`;
  if (packedBytes > packedBytesMax(rows, shardSize)) return `${packedBytes} bytes are too many`;
  if (storedBytes > packedBytesMax(rows, shardSize)) return `${storedBytes} bytes are too many`;
  return undefined;
}
