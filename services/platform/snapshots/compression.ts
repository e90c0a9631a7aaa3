import * as nodeZlib from 'node:zlib';
import { CODECS, type Codec } from '../../protocol/checkpoint/part-object.ts';
import { ColonyError } from '../../protocol/common/errors.ts';

/** Compresses the bands of checkpoints. It works in the thread that calls it. */
export interface Compression {
  /** The best that this Node has. */
  readonly best: Codec;
  /**
   * @param planesBytes so many from the first on are planes, one byte of each value: in them nothing but runs
   * comes again, and looking for more is most of what deflate does. @default 0
   */
  compress(codec: Codec, bytes: Uint8Array, planesBytes?: number): Uint8Array;
  /**
   * Takes no more memory than the bytes that are expected.
   *
   * @throws DamagedBytes if this is not what was compressed; BACKEND_FAILED if this Node lacks the codec: others
   * may have it
   */
  decompress(codec: Codec, stored: Uint8Array, bytes: number): Uint8Array;
}

/** Bytes that are not what was compressed; its message is one line. */
export class DamagedBytes extends Error {
  override readonly name = 'DamagedBytes';
}

/** Of node:zlib; Node has zstd since 22.15. */
export type Zlib = Pick<typeof nodeZlib, 'deflateRawSync' | 'inflateRawSync'> &
  Partial<Pick<typeof nodeZlib, 'zstdCompressSync' | 'zstdDecompressSync'>>;

/** Ticking goes on beside it: the least effort that pays. */
const LEVEL = 1;
/** ZSTD_c_compressionLevel, for which older Nodes have no constant. */
const ZSTD_LEVEL = 100;

/** @param zlib @default that of this Node */
export function createCompression(zlib: Zlib = nodeZlib): Compression {
  const { zstdCompressSync, zstdDecompressSync } = zlib;
  const lacking = () =>
    new ColonyError('BACKEND_FAILED', 'this Node has no zstd: use Node 22.15 or later');
  return {
    best: zstdCompressSync && zstdDecompressSync ? CODECS.zstd : CODECS.deflateRaw,
    compress(codec, bytes, planesBytes = 0) {
      if (codec === CODECS.none) return bytes;
      if (codec === CODECS.deflateRaw) return deflated(zlib, bytes, planesBytes);
      if (zstdCompressSync === undefined) throw lacking();
      return zstdCompressSync(bytes, { params: { [ZSTD_LEVEL]: LEVEL } });
    },
    decompress(codec, stored, bytes) {
      if (codec === CODECS.zstd && zstdDecompressSync === undefined) throw lacking();
      const restored = bounded(bytes, (maxOutputLength) => {
        if (codec === CODECS.none) return stored;
        if (codec === CODECS.deflateRaw) return zlib.inflateRawSync(stored, { maxOutputLength });
        return zstdDecompressSync?.(stored, { maxOutputLength }) ?? stored;
      });
      if (restored.byteLength !== bytes) {
        throw new DamagedBytes(
          `it has ${restored.byteLength} bytes decompressed, expected ${bytes}`,
        );
      }
      return restored;
    },
  };
}

/** Two streams one after the other, of which the first does not end, are one. */
function deflated(zlib: Zlib, bytes: Uint8Array, planesBytes: number): Uint8Array {
  const rest = zlib.deflateRawSync(bytes.subarray(planesBytes), { level: LEVEL });
  if (planesBytes === 0) return rest;
  const { Z_RLE: strategy, Z_SYNC_FLUSH: finishFlush } = nodeZlib.constants;
  const planes = bytes.subarray(0, planesBytes);
  return Buffer.concat([
    zlib.deflateRawSync(planes, { level: LEVEL, strategy, finishFlush }),
    rest,
  ]);
}

/** What zlib throws is told by what it means here. */
function bounded(bytes: number, decompress: (most: number) => Uint8Array): Uint8Array {
  try {
    // Zero is no bound that zlib takes.
    return decompress(Math.max(1, bytes));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // What is no word of zlib's is no word of the bytes: memory may be short.
    if (!/^(Z_|ZSTD_|ERR_BUFFER_TOO_LARGE|ERR_ZLIB)/.test(code ?? '')) throw error;
    throw new DamagedBytes(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `it has more bytes decompressed than the ${bytes} expected`
        : `it cannot be decompressed: ${message}`,
      { cause: error },
    );
  }
}
