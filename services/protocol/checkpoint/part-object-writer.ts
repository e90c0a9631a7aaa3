import { sha256 } from '../common/canonical-json.ts';
import { CHECKPOINT_FORMAT, type PartObject } from './manifest.ts';
import {
  type BandEntry,
  type BandRows,
  type Codec,
  entryProblem,
  HASHED_BYTES,
  PART_ENTRY_BYTES,
  PART_HEADER_BYTES,
  PART_MAGIC,
  type PartHeader,
  type PartWorld,
  partHash,
} from './part-object.ts';
import { setHash } from './part-source.ts';

/** An object of so many bytes or more is closed, and the next one begun. */
export const PART_OBJECT_BYTES = 256 * 1024 * 1024;

/**
 * Makes one object. Bands come ascending by shard and first row. Its memory grows with what is added, to
 * half as much again as `bytesAtMost` for a moment.
 */
export class PartObjectWriter {
  readonly #meta: PartWorld & { codec: Codec };
  readonly #bytesAtMost: number;
  readonly #entries: BandEntry[] = [];
  #bytes = new Uint8Array(64 * 1024);
  #end = PART_HEADER_BYTES;

  /** @param bytesAtMost when it is full; a band and the index may go beyond that */
  constructor(meta: PartWorld & { codec: Codec }, bytesAtMost: number = PART_OBJECT_BYTES) {
    this.#meta = meta;
    this.#bytesAtMost = bytesAtMost;
  }

  /** Whether it is to be finished, and another one begun. */
  get isFull(): boolean {
    return this.#end >= this.#bytesAtMost;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /**
   * @param stored the band as it was compressed; it is copied
   * @param packedBytes what it had before
   * @throws Error if the band is out of order, or lies outside of the world
   */
  add({ shard, firstRow, rows }: BandRows, stored: Uint8Array, packedBytes: number): void {
    const { byteLength: storedBytes } = stored;
    const entry = { shard, firstRow, rows, offset: this.#end, storedBytes, packedBytes };
    const problem = entryProblem(entry, this.#meta, this.#entries.at(-1), this.#end);
    if (problem !== undefined) throw new Error(`not a band to be added: ${problem}`);
    this.#reserve(storedBytes);
    this.#bytes.set(stored, this.#end);
    this.#end += storedBytes;
    this.#entries.push({ ...entry, sha256: sha256(stored) });
  }

  /** The whole object, and what the manifest says of it. Nothing may be added any more. */
  finish(): { bytes: Uint8Array; object: PartObject } {
    const [first, last] = [this.#entries[0], this.#entries.at(-1)];
    if (first === undefined || last === undefined) throw new Error('no band was added');
    const indexBytes = this.#entries.length * PART_ENTRY_BYTES;
    const indexOffset = this.#end;
    this.#reserve(indexBytes);
    const sizeBytes = indexOffset + indexBytes;
    const bytes = this.#bytes.subarray(0, sizeBytes);
    const index = bytes.subarray(indexOffset);
    for (const [at, entry] of this.#entries.entries()) {
      writeEntry(index.subarray(at * PART_ENTRY_BYTES), entry);
    }
    writeHeader(bytes, this.#meta, { bands: this.#entries.length, indexOffset, indexBytes });
    const hash = partHash(bytes, index);
    setHash(bytes, HASHED_BYTES, hash);
    return {
      bytes,
      object: { sizeBytes, sha256: hash, shardsFrom: first.shard, shardsTo: last.shard },
    };
  }

  #reserve(moreBytes: number): void {
    const needed = this.#end + moreBytes;
    if (needed <= this.#bytes.byteLength) return;
    if (needed > 0xffff_ffff) throw new Error(`${needed} bytes are too many for one object`);
    const usual = Math.min(2 * this.#bytes.byteLength, this.#bytesAtMost + 4 * 1024 * 1024);
    const grown = new Uint8Array(Math.max(needed, usual));
    grown.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = grown;
  }
}

function writeHeader(
  bytes: Uint8Array,
  meta: PartWorld & { codec: Codec },
  { bands, indexOffset, indexBytes }: Pick<PartHeader, 'bands' | 'indexOffset' | 'indexBytes'>,
): void {
  const { engineVersion, tick, width, height, shardSize } = meta;
  setU32s(bytes, 0, [PART_MAGIC]);
  bytes.set([CHECKPOINT_FORMAT & 0xff, CHECKPOINT_FORMAT >> 8, meta.codec, 0], 4);
  const fields = [engineVersion, tick, width, height, shardSize, bands, indexOffset, indexBytes];
  setU32s(bytes, 8, fields);
}

function writeEntry(bytes: Uint8Array, entry: BandEntry): void {
  const { shard, firstRow, rows, offset, storedBytes, packedBytes } = entry;
  setU32s(bytes, 0, [shard, firstRow, rows, offset, storedBytes, packedBytes]);
  setHash(bytes, 24, entry.sha256);
}

function setU32s(bytes: Uint8Array, at: number, values: readonly number[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [index, value] of values.entries()) view.setUint32(at + 4 * index, value, true);
}
