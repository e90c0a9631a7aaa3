import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CODECS,
  PART_ENTRY_BYTES,
  PART_HEADER_BYTES,
  packedBytesMax,
} from '../../../../services/protocol/checkpoint/part-object.ts';
import { PartObjectWriter } from '../../../../services/protocol/checkpoint/part-object-writer.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { BANDS, forged, readWhole, WORLD, writtenObject } from './part-objects.fixture.ts';

const META = { ...WORLD, codec: CODECS.deflateRaw };

/** The one line of a refusal, which is CHECKPOINT_UNREADABLE. */
function faultOf(reading: () => unknown): string {
  try {
    reading();
  } catch (error) {
    const isRefusal = error instanceof ColonyError && error.code === 'CHECKPOINT_UNREADABLE';
    if (!isRefusal || error.message.includes('\n')) throw error;
    return error.message;
  }
  throw new Error('nothing was refused');
}

describe('an object', () => {
  test('gives back the bands that were added, and what is known of each', () => {
    const { bytes, source } = writtenObject();
    const { entries, bands } = readWhole(bytes, source);
    expect(bands).toEqual(BANDS.map(({ stored }) => stored));
    expect(entries).toMatchObject(
      BANDS.map(({ stored, ...rows }) => ({
        ...rows,
        storedBytes: stored.byteLength,
        packedBytes: 64 * rows.rows,
      })),
    );
  });

  test('is known to the manifest by its size, its shards and the hash of header and index', () => {
    const { bytes, source } = writtenObject();
    const indexBytes = BANDS.length * PART_ENTRY_BYTES;
    const hash = createHash('sha256')
      .update(bytes.subarray(0, 40))
      .update(bytes.subarray(bytes.byteLength - indexBytes));
    expect(source.object).toEqual({
      sizeBytes: PART_HEADER_BYTES + 90 + 61 + 200 + 1 + indexBytes,
      sha256: hash.digest('hex'),
      shardsFrom: 1,
      shardsTo: 4,
    });
    expect(bytes.byteLength).toBe(source.object.sizeBytes);
  });

  test('has the layout that is drawn above its codec', () => {
    const { bytes } = writtenObject();
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('DCCP');
    expect([...bytes.subarray(4, 8)]).toEqual([1, 0, CODECS.deflateRaw, 0]);
    const u32s = (at: number, count: number) =>
      Array.from({ length: count }, (_, index) => view.getUint32(at + 4 * index, true));
    expect(u32s(8, 8)).toEqual([3, 1_200, 24, 16, 8, 4, 72 + 352, 4 * 56]);
    expect(u32s(72 + 352 + 56, 6)).toEqual([1, 5, 3, 72 + 90, 61, 192]);
  });

  test('comes out the same, whatever the bands are and however its memory grew', () => {
    const band = fc.record({ stored: fc.uint8Array({ maxLength: 1500 }), rows: fc.constant(8) });
    fc.assert(
      fc.property(fc.array(band, { minLength: 1, maxLength: 6 }), (some) => {
        const bands = some.map((one, shard) => ({ ...one, shard, firstRow: 0 }));
        const { bytes, source } = writtenObject(bands);
        expect(readWhole(bytes, source).bands).toEqual(bands.map(({ stored }) => stored));
        expect(writtenObject(bands).bytes).toEqual(bytes);
      }),
    );
  });

  test('of more than its first memory is whole too', () => {
    const writer = new PartObjectWriter({ ...META, width: 4096, height: 4096, shardSize: 1024 });
    const stored = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) & 0xff);
    for (const shard of [0, 3, 15]) writer.add({ shard, firstRow: 0, rows: 256 }, stored, 500_000);
    const { bytes, object } = writer.finish();
    const source = { key: 'k', backendId: 'b', object };
    const world = { ...WORLD, width: 4096, height: 4096, shardSize: 1024 };
    const { bands } = readWhole(bytes, source, world);
    expect(bands.map((band) => Buffer.compare(band, stored))).toEqual([0, 0, 0]);
  });
});

describe('the writer', () => {
  test('is full when it has as much as it is to have', () => {
    const writer = new PartObjectWriter(META, PART_HEADER_BYTES + 100);
    expect(writer.isEmpty).toBe(true);
    writer.add({ shard: 0, firstRow: 0, rows: 8 }, new Uint8Array(99), 100);
    expect([writer.isEmpty, writer.isFull]).toEqual([false, false]);
    writer.add({ shard: 1, firstRow: 0, rows: 8 }, new Uint8Array(1), 100);
    expect(writer.isFull).toBe(true);
  });

  test('makes no object without a band', () => {
    expect(() => new PartObjectWriter(META).finish()).toThrow('no band was added');
  });

  test.each([
    ['of a shard that is not there', { shard: 6, firstRow: 0, rows: 1 }, 'there are 6 shards'],
    ['without rows', { shard: 2, firstRow: 0, rows: 0 }, 'a shard has the rows 0 to 7'],
    ['that ends below its shard', { shard: 2, firstRow: 5, rows: 4 }, 'the rows 0 to 7'],
    ['of an earlier shard', { shard: 0, firstRow: 0, rows: 1 }, 'after row 4 of shard 1'],
    ['of earlier rows', { shard: 1, firstRow: 0, rows: 2 }, 'after row 4 of shard 1'],
    ['of rows that are there', { shard: 1, firstRow: 4, rows: 2 }, 'after row 4 of shard 1'],
  ])('takes no band %s', (_, rows, problem) => {
    const writer = new PartObjectWriter(META);
    writer.add({ shard: 1, firstRow: 2, rows: 3 }, new Uint8Array(9), 100);
    expect(() => writer.add(rows, new Uint8Array(9), 100)).toThrow(problem);
  });
});

describe('damage is found and told of object, backend and shards', () => {
  const { bytes, source } = writtenObject();
  const begin = `the checkpoint object ${source.key} of backend-2 (`;
  const indexOffset = bytes.byteLength - BANDS.length * PART_ENTRY_BYTES;
  const flipped = (at: number, bit: number) => {
    const copy = bytes.slice();
    copy[at]! ^= 1 << bit;
    return copy;
  };
  const bitsOf = (from: number, to: number) =>
    Array.from({ length: (to - from) * 8 }, (_, bit) => [from + (bit >> 3), bit & 7] as const);

  /** Of one flipped bit each, without repetitions. */
  const faultsOf = (from: number, to: number) =>
    new Set(
      bitsOf(from, to).map(([at, bit]) => faultOf(() => readWhole(flipped(at, bit), source))),
    );

  test('in every bit of the header', () => {
    const faults = [...faultsOf(0, PART_HEADER_BYTES)];
    expect(faults.filter((fault) => !fault.startsWith(`${begin}shards 1 to 4): `))).toEqual([]);
  });

  test('in every bit of the index', () => {
    expect([...faultsOf(indexOffset, bytes.byteLength)]).toEqual([
      `${begin}shards 1 to 4): its header or index is damaged: their SHA-256 is another`,
    ]);
  });

  test('in every bit of the cells, with the rows of the shard', () => {
    const damaged = '): the cells are damaged: their SHA-256 is another';
    expect([...faultsOf(PART_HEADER_BYTES, indexOffset)]).toEqual([
      `${begin}shard 1, rows 0 to 4${damaged}`,
      `${begin}shard 1, rows 5 to 7${damaged}`,
      `${begin}shard 3, rows 0 to 7${damaged}`,
      `${begin}shard 4, rows 6 to 7${damaged}`,
    ]);
  });

  test('at every length that it may be cut to', () => {
    const faults = Array.from({ length: bytes.byteLength }, (_, length) =>
      faultOf(() => readWhole(bytes.subarray(0, length), source)),
    );
    expect(faults.filter((fault) => !fault.startsWith(begin))).toEqual([]);
  });

  test('in an object of another checkpoint', () => {
    const other = new PartObjectWriter({ ...META, tick: 1_300 });
    for (const { stored, ...rows } of BANDS) other.add(rows, stored, 64 * rows.rows);
    expect(faultOf(() => readWhole(other.finish().bytes, source))).toContain(
      'its tick is 1300, that of the manifest 1200',
    );
  });

  test('in an object with other cells under the same header', () => {
    const other = writtenObject(
      BANDS.map((band) => ({ ...band, stored: band.stored.toReversed() })),
    );
    expect(faultOf(() => readWhole(other.bytes, source))).toMatch(
      /its header has the SHA-256 [0-9a-f]{64}, the manifest [0-9a-f]{64}$/,
    );
  });

  test('of another format', () => {
    const later = forged(bytes, source, (_, view) => view.setUint16(4, 2, true));
    expect(faultOf(() => readWhole(later.bytes, later.source))).toContain(
      'it has the format 2, this build reads the format 1',
    );
  });

  test('of a codec that nobody knows', () => {
    const later = forged(bytes, source, (_, view) => view.setUint8(6, 9));
    expect(faultOf(() => readWhole(later.bytes, later.source))).toContain(
      'this build does not know its codec 9',
    );
  });

  test.each([
    ['engineVersion', 8],
    ['tick', 12],
    ['width', 16],
    ['height', 20],
    ['shardSize', 24],
  ])('of another %s', (name, at) => {
    const other = forged(bytes, source, (_, view) => view.setUint32(at, 7, true));
    expect(faultOf(() => readWhole(other.bytes, other.source))).toContain(`its ${name} is 7, that`);
  });
});

describe('no length is believed, even where all hashes fit', () => {
  const { bytes, source } = writtenObject();
  const indexOffset = bytes.byteLength - BANDS.length * PART_ENTRY_BYTES;
  /** Of the third band, which is shard 3. */
  const entry = indexOffset + 2 * PART_ENTRY_BYTES;

  test.each([
    ['bands', 28, 0, 'is not that of 0 bands'],
    ['bands', 28, 0xffff_ffff, 'is not that of 4294967295 bands'],
    ['indexOffset', 32, 0xffff_ffff, 'does not end an object'],
    ['indexOffset', 32, 0, 'does not end an object'],
    ['indexBytes', 36, 56, 'is not that of 4 bands'],
    ['shard', entry, 0xffff_ffff, 'there are 6 shards'],
    ['shard', entry, 0, 'it comes after row 7 of shard 1'],
    ['firstRow', entry + 4, 1, 'a shard has the rows 0 to 7'],
    ['firstRow', entry + 4, 0xffff_ffff, 'a shard has the rows 0 to 7'],
    ['rows', entry + 8, 0, 'a shard has the rows 0 to 7'],
    ['rows', entry + 8, 0xffff_ffff, 'a shard has the rows 0 to 7'],
    ['offset', entry + 12, 72, 'it begins at 72, where the bands before it end at 223'],
    ['storedBytes', entry + 16, 0xffff_ffff, '4294967295 bytes are too many'],
    ['storedBytes', entry + 16, 199, 'where the bands before it end at 422'],
    ['packedBytes', entry + 20, packedBytesMax(8, 8) + 1, 'bytes are too many'],
  ])('%s at %i as %i', (_name, at, value, problem) => {
    const other = forged(bytes, source, (_, view) => view.setUint32(at, value, true));
    expect(faultOf(() => readWhole(other.bytes, other.source))).toContain(problem);
  });

  test('a last band that ends before the index', () => {
    const last = entry + PART_ENTRY_BYTES + 16;
    const other = forged(bytes, source, (_, view) => view.setUint32(last, 0, true));
    expect(faultOf(() => readWhole(other.bytes, other.source))).toContain(
      'its bands end at 423, the index begins at 424',
    );
  });

  test('other shards than the manifest says', () => {
    const object = { ...source.object, shardsTo: 5 };
    expect(faultOf(() => readWhole(bytes, { ...source, object }))).toContain(
      '(shards 1 to 5): it has the shards 1 to 4',
    );
  });
});
