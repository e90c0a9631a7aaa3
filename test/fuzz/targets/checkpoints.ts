import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { CellPacker } from '../../../services/kernel/packing/cell-packer.ts';
import { readBands } from '../../../services/platform/checkpoints/read-bands.ts';
import {
  assertOfState,
  loadManifest,
} from '../../../services/platform/checkpoints/read-manifest.ts';
import {
  createCompression,
  DamagedBytes,
} from '../../../services/platform/snapshots/compression.ts';
import {
  CHECKPOINT_FORMAT,
  checkpointReportSchema,
  type Manifest,
  manifestKey,
  manifestSchema,
  originHash,
} from '../../../services/protocol/checkpoint/manifest.ts';
import {
  CODECS,
  HASHED_BYTES,
  PART_ENTRY_BYTES,
  PART_HEADER_BYTES,
  partHash,
} from '../../../services/protocol/checkpoint/part-object.ts';
import { PartObjectWriter } from '../../../services/protocol/checkpoint/part-object-writer.ts';
import { hashAt, setHash } from '../../../services/protocol/checkpoint/part-source.ts';
import { sha256 } from '../../../services/protocol/common/canonical-json.ts';
import { parseJson } from '../../../services/protocol/common/json.ts';
import type { CellRaster } from '../../../services/world/cells/cell-block.ts';
import { parcelBytes, viewParcel } from '../../../services/world/cells/cell-parcel.ts';
import { packCells, unpackCells } from '../../../services/world/cells/packed-cells.ts';
import { Timeline } from '../../../services/world/events/timeline.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { ENGINE_VERSION } from '../../../services/world/spec/spec.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';
import { kernelModule } from '../../support/kernel/kernel.ts';
import { mutatedBytes } from '../input/mutate-bytes.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import { coded, grownBy, holds, jsonBytes, type Target } from '../target.ts';

const SIDE = 16;
const WORLD = { width: 2 * SIDE, height: SIDE, shardSize: SIDE };

const emptyRaster = (): CellRaster => {
  const plan = { width: SIDE, height: SIDE };
  return viewParcel(new ArrayBuffer(parcelBytes([plan])), 0, [plan]).rasters[0]!;
};

/** The packed cells of two shards of a world that has lived for some ticks, and of one where nobody lives. */
function packedShards(): Uint8Array[] {
  const world = new SingleWorld({ ...SMALL_WORLD, ...WORLD }, { shardSize: SIDE });
  for (let tick = 0; tick < 40; tick++) world.step();
  return [...world.blocks.slice(0, 2).map(packCells), packCells(emptyRaster())];
}

const isRangeError = (error: unknown): boolean => error instanceof RangeError;

/** Reads packed cells with the readable code and with the kernel: both must say the same. */
function unpackTwice(packed: Uint8Array, packer: CellPacker): void {
  const [plain, compiled] = [emptyRaster(), emptyRaster()];
  const verdictOf = (unpack: () => void): unknown => {
    try {
      unpack();
      return undefined;
    } catch (error) {
      if (isRangeError(error)) return error;
      throw error;
    }
  };
  const refused = verdictOf(() => unpackCells(packed, plain));
  const refusedToo = verdictOf(() => packer.unpack(packed, compiled));
  holds((refused === undefined) === (refusedToo === undefined), 'kernel and reference disagree');
  if (refused !== undefined) throw refused;
  holds(isDeepStrictEqual(plain, compiled), 'kernel and reference read other cells');
  holds(Buffer.compare(packCells(plain), packed) === 0, 'the same cells are other bytes');
}

const packedCells: Target = {
  name: 'packed-cells',
  reads: ['services/world/cells/packed-cells.ts', 'services/kernel/packing/cell-packer.ts'],
  open() {
    const seeds = packedShards();
    const packer = new CellPacker(kernelModule, SIDE * SIDE);
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run: (bytes) => unpackTwice(bytes, packer),
      isDocumented: isRangeError,
      maxAllocation: grownBy(64),
    };
  },
};

const compressedBand: Target = {
  name: 'compressed-band',
  reads: ['services/platform/snapshots/compression.ts'],
  open() {
    const compression = createCompression();
    const bands = packedShards();
    const codecs = [
      CODECS.none,
      CODECS.deflateRaw,
      ...(compression.best === CODECS.zstd ? [CODECS.zstd] : []),
    ];
    // The codec, the bytes that are expected, what was stored.
    const seeds = codecs.flatMap((codec) =>
      bands.map((band) => {
        const head = Buffer.alloc(4);
        head.writeUInt32LE(band.byteLength);
        return new Uint8Array(
          Buffer.concat([Uint8Array.of(codec), head, compression.compress(codec, band, 512)]),
        );
      }),
    );
    // An index is checked before: no band is expected to be larger.
    const MOST = 1 << 20;
    return {
      seeds,
      inputs: mutatedBytes(seeds),
      run(bytes) {
        const codec = codecs.find((known) => known === bytes[0]);
        if (codec === undefined || bytes.length < 5) return 'no codec';
        const expected = Math.min(MOST, Buffer.from(bytes).readUInt32LE(1));
        const restored = compression.decompress(codec, bytes.subarray(5), expected);
        holds(restored.byteLength === expected, 'another length');
        return 'taken';
      },
      isDocumented: (error) => error instanceof DamagedBytes,
      maxAllocation: grownBy(32, 32 * MOST),
    };
  },
};

const KEY = manifestKey('reef', 'i1', { tick: 40, epoch: 2, topologyVersion: 5 });
const PART_WORLD = { engineVersion: ENGINE_VERSION, tick: 40, ...WORLD };

/** The two shards as an object, each in two bands. */
function partObject(codec: (typeof CODECS)[keyof typeof CODECS]): Uint8Array {
  const compression = createCompression();
  const writer = new PartObjectWriter({ ...PART_WORLD, codec });
  for (const [shard, packed] of packedShards().slice(0, 2).entries()) {
    writer.add(
      { shard, firstRow: 0, rows: SIDE },
      compression.compress(codec, packed),
      packed.byteLength,
    );
  }
  return new Uint8Array(writer.finish().bytes);
}

/** Makes the hashes of bands, index and header fit whatever is there: forged, not damaged. */
function forged(bytes: Uint8Array): Uint8Array {
  if (bytes.length < PART_HEADER_BYTES) return bytes;
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const [indexAt, indexBytes] = [view.getUint32(32, true), view.getUint32(36, true)];
  const end = Math.min(copy.length, indexAt + indexBytes);
  for (let at = indexAt; at + PART_ENTRY_BYTES <= end; at += PART_ENTRY_BYTES) {
    const [from, length] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
    setHash(copy.subarray(at + 24, at + 56), 0, sha256(copy.slice(from, from + length)));
  }
  setHash(copy, HASHED_BYTES, partHash(copy, copy.subarray(indexAt, end)));
  return copy;
}

/** A manifest that says of the object what there is: whoever forges one forges both. */
function manifestFor(object: Uint8Array): Manifest {
  const hash = object.length < PART_HEADER_BYTES ? sha256(object) : hashAt(object, HASHED_BYTES);
  return manifestWith([{ sizeBytes: object.length, sha256: hash, shardsFrom: 0, shardsTo: 1 }]);
}

function manifestWith(objects: Manifest['parts'][number]['objects']): Manifest {
  const { kind: _, tick: __, ...origin } = new Timeline({ ...SMALL_WORLD, ...WORLD }).originHere(0);
  const digest = '0123456789abcdef';
  const kept = {
    tick: 20,
    epoch: 1,
    topologyVersion: 4,
    sha256: 'a'.repeat(64),
    digest,
    sizeBytes: 9,
    at: '',
  };
  return {
    ...{ formatVersion: CHECKPOINT_FORMAT, colonyInstanceId: 'i1', epoch: 2, topologyVersion: 5 },
    ...PART_WORLD,
    ...{
      digest,
      sizeBytes: 100,
      at: '2026-01-01T00:00:00.000Z',
      origin,
      originSha256: originHash(origin),
    },
    parts: [{ bootId: 'boot', id: 'backend-1', shards: 2, digest, objects }],
    kept: [kept],
    leaving: [{ ...kept, leftAt: '2026-01-01T00:00:00.000Z' }],
  };
}

const isUnreadable = coded('CHECKPOINT_UNREADABLE');

const restore: Target = {
  name: 'part-object',
  reads: [
    'services/protocol/checkpoint/part-object.ts',
    'services/protocol/checkpoint/part-source.ts',
    'services/platform/checkpoints/read-bands.ts',
    'services/platform/checkpoints/band-cover.ts',
  ],
  open() {
    const seeds = [partObject(CODECS.none), partObject(CODECS.deflateRaw)];
    const packer = new CellPacker(kernelModule, SIDE * SIDE);
    const compression = createCompression();
    return {
      seeds,
      inputs: mutatedBytes(seeds, forged),
      async run(bytes) {
        const shards: number[] = [];
        await readBands({
          store: {
            get: async () => bytes,
            getRange: async (_, from, length) => bytes.subarray(from, from + length),
          },
          ...{ compression, manifest: manifestFor(bytes), manifestKey: KEY, shards: [0, 1] },
          signal: new AbortController().signal,
          onBand: ({ shard }, packed) => {
            unpackTwice(packed, packer);
            shards.push(shard);
          },
          yieldToIo: async () => {},
        });
        holds(shards.sort().join() === '0,1', 'not each band once');
      },
      isDocumented: isUnreadable,
      maxAllocation: grownBy(128),
    };
  },
};

const manifest: Target = {
  name: 'manifest',
  reads: [
    'services/protocol/checkpoint/manifest.ts',
    'services/protocol/colony/origin.ts',
    'services/platform/checkpoints/read-manifest.ts',
  ],
  open() {
    const valid = manifestFor(partObject(CODECS.none));
    const seeds = [valid, { ...valid, kept: [], leaving: [] }];
    const repaired = mutatedJson(seeds).map((bytes) => {
      const value = parseJson(bytes) as { origin?: Manifest['origin'] } | undefined;
      if (value?.origin === undefined || value.origin === null) return bytes;
      try {
        return jsonBytes({ ...value, originSha256: originHash(value.origin) });
      } catch {
        // Too deep to be written.
        return bytes;
      }
    });
    return {
      seeds: seeds.map(jsonBytes),
      inputs: fc.oneof(mutatedJson(seeds), repaired),
      async run(bytes) {
        const store = { get: async () => bytes };
        const { manifest: read } = await loadManifest(store, KEY);
        holds(
          manifestSchema.safeParse(parseJson(jsonBytes(read))).success,
          'it does not read what it has read',
        );
        assertOfState(read, KEY, valid, 'topology');
      },
      isDocumented: isUnreadable,
      maxAllocation: grownBy(256),
    };
  },
};

const report: Target = {
  name: 'checkpoint-report',
  reads: ['services/protocol/checkpoint/manifest.ts'],
  open() {
    const { parts, origin } = manifestFor(partObject(CODECS.none));
    const { eventSeq: _, changes: __, ...state } = origin;
    const seeds = [
      { state: 'pending', tick: 4, epoch: 1 },
      { state: 'failed', tick: 4, epoch: 1, reason: 'the disk is full' },
      { state: 'written', tick: 4, epoch: 1, part: parts[0], origin: state, stoodMs: 1.5 },
    ];
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run: (bytes) =>
        checkpointReportSchema.safeParse(parseJson(bytes)).success ? 'taken' : 'refused',
      isDocumented: () => false,
      maxAllocation: grownBy(256),
    };
  },
};

export const checkpointTargets: readonly Target[] = [
  packedCells,
  compressedBand,
  restore,
  manifest,
  report,
];
