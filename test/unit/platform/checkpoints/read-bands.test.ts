import { beforeEach, describe, expect, test } from 'vitest';
import {
  type BandReading,
  readBands,
} from '../../../../services/platform/checkpoints/read-bands.ts';
import { createCompression } from '../../../../services/platform/snapshots/compression.ts';
import {
  CHECKPOINT_FORMAT,
  type Manifest,
  manifestKey,
  type PartObject,
} from '../../../../services/protocol/checkpoint/manifest.ts';
import { CODECS, PART_HEADER_BYTES } from '../../../../services/protocol/checkpoint/part-object.ts';
import { PartObjectWriter } from '../../../../services/protocol/checkpoint/part-object-writer.ts';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { MemorySnapshotStore } from '../../../simulation/stores/memory-snapshot-store.ts';

const MIB = 2 ** 20;
/** 16 shards of one band each. */
const world = { width: 2048, height: 2048, shardSize: 512 };
const at = { tick: 7, epoch: 1, topologyVersion: 1 };
const meta = { ...world, engineVersion: ENGINE_VERSION, tick: at.tick, codec: CODECS.none };

/** A store that notes what is read of it, as `object: bytes`. */
class NotingStore extends MemorySnapshotStore {
  readonly reads: string[] = [];
  #underWay = 0;
  mostUnderWay = 0;

  override async get(key: string, maxBytes: number) {
    this.reads.push(`${key.split('/').at(-1)}: whole`);
    return this.#noted(super.get(key, maxBytes));
  }

  override async getRange(key: string, offset: number, lengthBytes: number) {
    this.reads.push(`${key.split('/').at(-1)}: ${lengthBytes}`);
    return this.#noted(super.getRange(key, offset, lengthBytes));
  }

  async #noted<T>(read: Promise<T>): Promise<T> {
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.#underWay);
    const result = await read;
    this.#underWay--;
    return result;
  }
}

let store: NotingStore;
let objects: PartObject[];
beforeEach(() => {
  store = new NotingStore();
  objects = [];
});

/** Stores an object with a band of so many bytes for each of some shards, all of them its number. */
async function put(
  shards: readonly number[],
  bandBytes: number | ((shard: number) => number),
  rows = 512,
): Promise<void> {
  const writer = new PartObjectWriter(meta);
  for (const shard of shards) {
    const bytes = typeof bandBytes === 'number' ? bandBytes : bandBytes(shard);
    writer.add({ shard, firstRow: 0, rows }, new Uint8Array(bytes).fill(shard), bytes);
  }
  const { bytes, object } = writer.finish();
  const folder = manifestKey('test', 'instance', at).replace('manifest.json', 'boot/');
  await store.putIfAbsent(`${folder}${objects.length}`, bytes);
  objects.push(object);
}

const manifest = () =>
  ({
    ...{ formatVersion: CHECKPOINT_FORMAT, engineVersion: ENGINE_VERSION, ...world, ...at },
    parts: [{ bootId: 'boot', id: 'b0', shards: 16, digest: '', objects }],
  }) as unknown as Manifest;

/** What was read, as shards, each checked to be its own bytes. */
async function read(shards: readonly number[], change: Partial<BandReading> = {}) {
  const seen: number[] = [];
  await readBands({
    ...{ store, compression: createCompression(), manifest: manifest(), shards },
    manifestKey: manifestKey('test', 'instance', at),
    signal: new AbortController().signal,
    yieldToIo: async () => {},
    onBand: ({ shard }, packed) => {
      expect(packed.every((byte) => byte === shard)).toBe(true);
      seen.push(shard);
    },
    ...change,
  });
  return seen.sort((a, b) => a - b);
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('reading the bands of some shards', () => {
  test('takes a small object in one request, and leaves out what has none of them', async () => {
    await put([0, 1, 2, 3], 1_000);
    await put([4, 5], 1_000);
    expect(await read([1, 3])).toEqual([1, 3]);
    expect(store.reads).toEqual(['0: whole']);
  });

  test('takes header, index and ranges of a large one, none of more than 8 MiB', async () => {
    await put(upTo(8), 3 * MIB);
    expect(await read(upTo(8))).toEqual(upTo(8));
    expect(store.reads).toEqual(['0: 72', `0: ${8 * 56}`, ...Array(4).fill(`0: ${6 * MIB}`)]);
  });

  test('asks for no bytes between two bands that are far apart', async () => {
    await put(upTo(8), 3 * MIB);
    expect(await read([2, 5])).toEqual([2, 5]);
    expect(store.reads.slice(2)).toEqual([`0: ${3 * MIB}`, `0: ${3 * MIB}`]);
  });

  test('asks for the few bytes between two bands that are near', async () => {
    const few = 200 * 1024;
    await put(upTo(16), (shard) => (shard === 7 ? few : MIB));
    expect(await read([6, 8])).toEqual([6, 8]);
    expect(store.reads.slice(2)).toEqual([`0: ${2 * MIB + few}`]);
  });

  test('has at most four requests under way', async () => {
    for (const shard of upTo(16)) await put([shard], 1_000);
    expect(await read(upTo(16))).toEqual(upTo(16));
    expect(store.mostUnderWay).toBe(4);
  });

  test('names the band in whose cells a reader finds a fault', async () => {
    await put([0, 1], 1_000);
    const onBand = () => {
      throw new RangeError('too few cells');
    };
    await expect(read([1], { onBand })).rejects.toMatchObject({
      code: 'CHECKPOINT_UNREADABLE',
      message: expect.stringMatching(/boot\/0 of b0 \(shard 1, rows 0 to 511\): too few cells/),
    });
  });

  test('refuses bands of another height', async () => {
    await put([0], 9, 100);
    await expect(read([0])).rejects.toThrow('the bands of a shard have 512 rows');
  });

  test('ends with the reason of its signal', async () => {
    await put([0, 1], 1_000);
    const signal = AbortSignal.abort(new Error('not wanted'));
    await expect(read([0], { signal })).rejects.toThrow('not wanted');
    expect(store.reads).toEqual([]);
  });
});

describe('damage of an object that is read by ranges is told of object, backend and shards', () => {
  const SHARDS = upTo(8);
  const BAND_BYTES = 3 * MIB;
  /** Stores the object once more, with other bytes. */
  const changed = async (change: (bytes: Uint8Array) => Uint8Array) => {
    const key = (await store.list(''))[0]?.key ?? '';
    const bytes = await store.get(key, 2 ** 30);
    await store.delete(key);
    await store.putIfAbsent(key, change(bytes!));
  };
  const flipped = (at: number) => (bytes: Uint8Array) => bytes.with(at, bytes[at]! ^ 1);
  const indexOffset = PART_HEADER_BYTES + SHARDS.length * BAND_BYTES;

  test.each<[string, (bytes: Uint8Array) => Uint8Array, says: RegExp]>([
    ['in its header', flipped(41), /of b0 \(shards 0 to 7\): its header has the SHA-256 /],
    [
      'in its index',
      flipped(indexOffset + 30),
      /\(shards 0 to 7\): its header or index is damaged/,
    ],
    [
      'in its cells',
      flipped(PART_HEADER_BYTES + 5 * BAND_BYTES),
      /of b0 \(shard 5, rows 0 to 511\): the cells are damaged/,
    ],
    ['by a cut in its index', (bytes) => bytes.subarray(0, -1), /of b0 \(shards 0 to 7\): /],
    [
      'by a cut in its cells',
      (bytes) => bytes.subarray(0, BAND_BYTES),
      /of b0 \(shards 0 to 7\): /,
    ],
    ['by a cut in its header', (bytes) => bytes.subarray(0, 71), /of b0 \(shards 0 to 7\): /],
  ])('%s', async (_what, change, says) => {
    await put(SHARDS, BAND_BYTES);
    await changed(change);
    const error = await read(SHARDS).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CHECKPOINT_UNREADABLE' });
    expect(String(error)).toMatch(says);
    expect(String(error)).toContain('/boot/0 of b0 (');
  });
});
