import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createCompression,
  type Zlib,
} from '../../../../services/platform/snapshots/compression.ts';
import { CODECS, type Codec } from '../../../../services/protocol/checkpoint/part-object.ts';

const { deflateRawSync, inflateRawSync } = zlib;
const has: Partial<Zlib> = zlib;
const WITHOUT_ZSTD: Zlib = { deflateRawSync, inflateRawSync };
const own = createCompression();

const codecs = [
  ['none', CODECS.none],
  ['deflate', CODECS.deflateRaw],
  ...(has.zstdCompressSync ? [['zstd', CODECS.zstd] as const] : []),
] as const satisfies readonly (readonly [string, Codec])[];

describe.each(codecs)('by the codec %s', (_, codec) => {
  test('what was compressed comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        const stored = own.compress(codec, bytes);
        expect(Buffer.compare(own.decompress(codec, stored, bytes.byteLength), bytes)).toBe(0);
      }),
    );
  });

  test('planes in front of other bytes come back with them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(3000), (bytes, planes) => {
        const stored = own.compress(codec, bytes, Math.min(planes, bytes.byteLength));
        expect(Buffer.compare(own.decompress(codec, stored, bytes.byteLength), bytes)).toBe(0);
      }),
    );
  });

  test('a band that has more or fewer bytes than its index says is refused', () => {
    const stored = own.compress(codec, new Uint8Array(1000).fill(7));
    expect(() => own.decompress(codec, stored, 999)).toThrow(/bytes decompressed/);
    expect(() => own.decompress(codec, stored, 1001)).toThrow(
      'it has 1000 bytes decompressed, expected 1001',
    );
    expect(() => own.decompress(codec, stored, 0)).toThrow(/bytes decompressed/);
  });
});

test.each(codecs.slice(1))('what is no %s is refused in one line', (_, codec) => {
  const noise = Uint8Array.from({ length: 100 }, (__, index) => 0xff - index);
  expect(() => own.decompress(codec, noise, 1000)).toThrow(
    /^it (cannot be|has \d+ bytes) decomp.*$/,
  );
});

test('a band that would grow without end takes no more memory than is expected of it', () => {
  const stored = own.compress(CODECS.deflateRaw, new Uint8Array(64 * 1024 * 1024));
  expect(() => own.decompress(CODECS.deflateRaw, stored, 1000)).toThrow(
    'it has more bytes decompressed than the 1000 expected',
  );
});

test('the best of a Node without zstd is deflate, and what zstd has stored is refused clearly', () => {
  const old = createCompression(WITHOUT_ZSTD);
  expect(old.best).toBe(CODECS.deflateRaw);
  const lacking = 'this Node has no zstd: use Node 22.15 or later';
  expect(() => old.compress(CODECS.zstd, new Uint8Array(1))).toThrow(lacking);
  expect(() => old.decompress(CODECS.zstd, new Uint8Array(1), 1)).toThrow(lacking);
});

test('the best of a Node with zstd is zstd, at its least level and within what is expected', () => {
  const asked: unknown[] = [];
  const fake = (name: string) => (bytes: Uint8Array, options: unknown) => {
    asked.push([name, options]);
    return bytes;
  };
  const compression = createCompression({
    ...WITHOUT_ZSTD,
    zstdCompressSync: fake('compress') as NonNullable<Zlib['zstdCompressSync']>,
    zstdDecompressSync: fake('decompress') as NonNullable<Zlib['zstdDecompressSync']>,
  });
  expect(compression.best).toBe(CODECS.zstd);
  const bytes = Uint8Array.of(1, 2, 3);
  expect(compression.compress(CODECS.zstd, bytes)).toEqual(bytes);
  expect(compression.decompress(CODECS.zstd, bytes, 3)).toEqual(bytes);
  expect(asked).toEqual([
    // 100 is ZSTD_c_compressionLevel.
    ['compress', { params: { 100: 1 } }],
    ['decompress', { maxOutputLength: 3 }],
  ]);
});
