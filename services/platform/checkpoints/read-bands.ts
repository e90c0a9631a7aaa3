import { type Manifest, partObjectKey } from '../../protocol/checkpoint/manifest.ts';
import {
  type BandEntry,
  checkBand,
  PART_HEADER_BYTES,
  readHeader,
  readIndex,
} from '../../protocol/checkpoint/part-object.ts';
import { type PartSource, unreadable } from '../../protocol/checkpoint/part-source.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { type Compression, DamagedBytes } from '../snapshots/compression.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import { BandCover } from './band-cover.ts';
import { inParallel } from './in-parallel.ts';

/** So many requests are under way at a time. */
const PARALLEL = 4;
/** An object of at most so many bytes is read in one request, and no request asks for more. */
const REQUEST_BYTES = 8 * 2 ** 20;
/** Bytes that nobody wants are read too, if they are this few: a further request costs more. */
const GAP_BYTES = 256 * 1024;

export interface BandReading {
  store: Pick<SnapshotStore, 'get' | 'getRange'>;
  compression: Compression;
  manifest: Manifest;
  manifestKey: string;
  /** The shards whose cells are wanted. */
  shards: readonly number[];
  signal: AbortSignal;
  /**
   * Called with each band of these shards once, in any order, and never twice at a time.
   *
   * @param packed what `packCells` of services/world made of it; may be changed.
   * @throws RangeError if these are not packed cells.
   */
  onBand: (band: BandEntry, packed: Uint8Array) => void;
  /** Lets other work run; called after each band. */
  yieldToIo: () => Promise<void>;
}

/**
 * Reads the cells of some shards out of a checkpoint, by ranges, and checks each byte. It takes the memory
 * of a few requests.
 *
 * @throws ColonyError CHECKPOINT_UNREADABLE, naming object, backend and shard; STORE_UNAVAILABLE. The signal's
 * reason.
 */
export async function readBands(reading: BandReading): Promise<void> {
  const { manifest, manifestKey, shards } = reading;
  const wanted = new Set(shards);
  const cover = new BandCover(manifest.shardSize, wanted);
  const sources = sourcesOf(manifest, manifestKey).filter(({ object: { shardsFrom, shardsTo } }) =>
    shards.some((shard) => shard >= shardsFrom && shard <= shardsTo),
  );
  const isSmall = ({ object }: PartSource) => object.sizeBytes <= REQUEST_BYTES;
  const runs = await inParallel(
    PARALLEL,
    sources
      .filter((source) => !isSmall(source))
      .map((source) => () => open(reading, source, cover)),
  );
  await inParallel(PARALLEL, [
    ...sources.filter(isSmall).map((source) => () => readWhole(reading, source, cover)),
    ...runs.flat().map((run) => () => readRun(reading, run)),
  ]);
  const missing = cover.missing();
  if (missing !== undefined) {
    throw new ColonyError(
      'CHECKPOINT_UNREADABLE',
      `the checkpoint manifest ${manifestKey}: none of its objects has all of shard ${missing}`,
      { extra: { key: manifestKey } },
    );
  }
}

/** All objects of a checkpoint. */
function sourcesOf({ parts }: Manifest, manifestKey: string): PartSource[] {
  const folder = manifestKey.slice(0, manifestKey.lastIndexOf('/') + 1);
  return parts.flatMap(({ bootId, id, objects }) =>
    objects.map((object, index) => {
      return { key: partObjectKey(folder, bootId, index), backendId: id, object };
    }),
  );
}

/** Bands that lie next to each other in an object, and are read in one request. */
interface Run {
  readonly source: PartSource;
  readonly opened: Opened;
  readonly bands: readonly BandEntry[];
}

type Opened = Pick<ReturnType<typeof readHeader>, 'codec'>;

/** Reads header and index of a large object. */
async function open(reading: BandReading, source: PartSource, cover: BandCover): Promise<Run[]> {
  const headerBytes = await range(reading, source, 0, PART_HEADER_BYTES);
  const header = readHeader(headerBytes, source, reading.manifest);
  const indexBytes = await range(reading, source, header.indexOffset, header.indexBytes);
  const bands = readIndex(header, headerBytes, indexBytes, source);
  return runsOf(cover.take(bands, source)).map((run) => ({ source, opened: header, bands: run }));
}

async function readWhole(
  reading: BandReading,
  source: PartSource,
  cover: BandCover,
): Promise<void> {
  const { sizeBytes } = source.object;
  const bytes = await range(reading, source, 0, sizeBytes);
  const header = readHeader(bytes, source, reading.manifest);
  const index = bytes.subarray(header.indexOffset);
  const bands = cover.take(readIndex(header, bytes, index, source), source);
  await decode(reading, { source, opened: header, bands }, bytes, 0);
}

async function readRun(reading: BandReading, run: Run): Promise<void> {
  const [first, last] = [run.bands[0], run.bands.at(-1)];
  if (first === undefined || last === undefined) return;
  const lengthBytes = last.offset + last.storedBytes - first.offset;
  const bytes = await range(reading, run.source, first.offset, lengthBytes);
  await decode(reading, run, bytes, first.offset);
}

/** @param from where the bytes begin in the object. */
async function decode(
  { compression, onBand, yieldToIo, signal }: BandReading,
  { source, opened, bands }: Run,
  bytes: Uint8Array,
  from: number,
): Promise<void> {
  for (const band of bands) {
    signal.throwIfAborted();
    const start = band.offset - from;
    const stored = bytes.subarray(start, start + band.storedBytes);
    checkBand(band, stored, source);
    try {
      onBand(band, compression.decompress(opened.codec, stored, band.packedBytes));
    } catch (error) {
      if (!isDamage(error)) throw error;
      throw unreadable(source, error.message, band);
    }
    await yieldToIo();
  }
}

/** Whether an error says something of the bytes: what only this process lacks is no fault of theirs. */
const isDamage = (error: unknown): error is Error =>
  error instanceof DamagedBytes ||
  (error instanceof RangeError && !/alloc|memory/i.test(error.message));

async function range(
  { store, signal }: BandReading,
  source: PartSource,
  offset: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  const { key, object } = source;
  try {
    const isWhole = offset === 0 && lengthBytes === object.sizeBytes;
    const bytes = isWhole
      ? await store.get(key, lengthBytes)
      : await store.getRange(key, offset, lengthBytes);
    if (bytes === undefined) throw unreadable(source, 'it is not there');
    if (bytes.byteLength === lengthBytes) return bytes;
    throw unreadable(source, `${bytes.byteLength} bytes of ${lengthBytes}`);
  } catch (error) {
    throw error instanceof ColonyError ? error : unreadable(source, (error as Error).message);
  }
}

/** Divides bands, ascending by offset, among requests. */
function runsOf(bands: readonly BandEntry[]): BandEntry[][] {
  const runs: BandEntry[][] = [];
  for (const band of bands) {
    const run = runs.at(-1);
    const [first, last] = [run?.[0], run?.at(-1)];
    const isNear =
      first !== undefined &&
      last !== undefined &&
      band.offset - (last.offset + last.storedBytes) <= GAP_BYTES &&
      band.offset + band.storedBytes - first.offset <= REQUEST_BYTES;
    if (run !== undefined && isNear) run.push(band);
    else runs.push([band]);
  }
  return runs;
}
