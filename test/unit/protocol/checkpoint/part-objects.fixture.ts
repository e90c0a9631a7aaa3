import { createHash } from 'node:crypto';
import {
  type BandEntry,
  type BandRows,
  CODECS,
  checkBand,
  PART_HEADER_BYTES,
  type PartWorld,
  readHeader,
  readIndex,
} from '../../../../services/protocol/checkpoint/part-object.ts';
import { PartObjectWriter } from '../../../../services/protocol/checkpoint/part-object-writer.ts';
import type { PartSource } from '../../../../services/protocol/checkpoint/part-source.ts';

/** Six shards of 8 × 8 cells. */
export const WORLD: PartWorld = {
  engineVersion: 3,
  tick: 1_200,
  width: 24,
  height: 16,
  shardSize: 8,
};

/** Shards 1 and 3 whole, of shard 4 the end. */
export const BANDS: (BandRows & { stored: Uint8Array })[] = [
  { shard: 1, firstRow: 0, rows: 5, stored: noise(1, 90) },
  { shard: 1, firstRow: 5, rows: 3, stored: noise(2, 61) },
  { shard: 3, firstRow: 0, rows: 8, stored: noise(3, 200) },
  { shard: 4, firstRow: 6, rows: 2, stored: noise(4, 1) },
];

/** Bytes without a pattern, the same for the same seed. */
function noise(seed: number, length: number): Uint8Array {
  let value = seed;
  return Uint8Array.from({ length }, () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value >>> 24;
  });
}

/** An object, and how the manifest knows it. */
export function writtenObject(bands = BANDS): { bytes: Uint8Array; source: PartSource } {
  const writer = new PartObjectWriter({ ...WORLD, codec: CODECS.deflateRaw });
  for (const { stored, ...rows } of bands) writer.add(rows, stored, 64 * rows.rows);
  const { bytes, object } = writer.finish();
  const key = 'checkpoints/reef/i1/0000001200/2-5/boot/0';
  return { bytes, source: { key, backendId: 'backend-2', object } };
}

/** Reads an object as a restore does: header, index, each band; throws what is wrong with it. */
export function readWhole(
  bytes: Uint8Array,
  source: PartSource,
  expected = WORLD,
): { entries: BandEntry[]; bands: Uint8Array[] } {
  const headerBytes = bytes.subarray(0, PART_HEADER_BYTES);
  const header = readHeader(headerBytes, source, expected);
  const index = bytes.subarray(header.indexOffset, header.indexOffset + header.indexBytes);
  const entries = readIndex(header, headerBytes, index, source);
  const bands = entries.map((entry) => {
    const stored = bytes.subarray(entry.offset, entry.offset + entry.storedBytes);
    checkBand(entry, stored, source);
    return stored;
  });
  return { entries, bands };
}

/** With some bytes of header or index changed and the hashes made to fit: forged, not damaged. */
export function forged(
  bytes: Uint8Array,
  source: PartSource,
  change: (bytes: Uint8Array, view: DataView) => void,
): { bytes: Uint8Array; source: PartSource } {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const indexOffset = view.getUint32(32, true);
  change(copy, view);
  const hash = createHash('sha256')
    .update(copy.subarray(0, 40))
    .update(copy.subarray(indexOffset))
    .digest();
  copy.set(hash, 40);
  return {
    bytes: copy,
    source: { ...source, object: { ...source.object, sha256: hash.toString('hex') } },
  };
}
