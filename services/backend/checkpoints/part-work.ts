import { gzipSync } from 'node:zlib';
import { unlessAborted } from '../../platform/runtime/deadline.ts';
import type { Compression } from '../../platform/snapshots/compression.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { regionOfBand } from '../../protocol/checkpoint/bands.ts';
import {
  checkpointFolders,
  type PartObject,
  partObjectKey,
} from '../../protocol/checkpoint/manifest.ts';
import { PART_HEADER_BYTES } from '../../protocol/checkpoint/part-object.ts';
import { PartObjectWriter } from '../../protocol/checkpoint/part-object-writer.ts';
import { shadesOf } from '../../protocol/pictures/palette.ts';
import { PicturePartWriter, picturePartKey } from '../../protocol/pictures/picture-part.ts';
import { pictureFormat } from '../../protocol/pictures/stored-picture.ts';
import type { CellRaster } from '../../world/cells/cell-block.ts';
import { bandOf, countPacked, packedParts } from '../../world/cells/packed-cells.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { PartPlan } from './checkpoint-writer.ts';
import type { StagedBand } from './staging.ts';

/** Half of the bytes for a fifth of the time. */
const GZIP = { level: 1 } as const;

/** Packs cells into bytes and back: `packCells` of services/world, or the compiled kernel. */
export interface CellPacking {
  /** The bytes are valid until the next call. */
  pack(raster: CellRaster): Uint8Array;
  /** @throws RangeError if the bytes are not what `pack` makes of a raster of this size. */
  unpack(bytes: Uint8Array, raster: CellRaster): void;
}

export interface PartTools {
  readonly packing: CellPacking;
  readonly compression: Compression;
  readonly store: Pick<SnapshotStore, 'putIfAbsent' | 'getRange'>;
  /** Called after each band: lets other work of the thread run. */
  readonly yieldToIo: () => Promise<void>;
  /** Called whenever a band is encoded or an object is stored. */
  readonly onProgress: () => void;
}

/**
 * Encodes and stores one part, in whatever thread. While one object is being stored, the next one is
 * encoded; never more, so that memory stays bounded.
 */
export class PartWork {
  readonly #plan: PartPlan;
  readonly #tools: PartTools;
  readonly #signal: AbortSignal;
  readonly #objects: PartObject[] = [];
  #object: PartObjectWriter;
  #storing: Promise<void> = Promise.resolve();
  readonly #picture: PicturePartWriter | undefined;

  /** @param signal once it is aborted, all that is under way rejects with its reason. */
  constructor(plan: PartPlan, tools: PartTools, signal: AbortSignal) {
    this.#plan = plan;
    this.#tools = tools;
    this.#signal = signal;
    this.#object = this.#newObject();
    const { picture, world } = plan;
    this.#picture = picture && new PicturePartWriter(pictureFormat(world), shadesOf(picture.rules));
  }

  /** Encodes bands out of the rasters of their slots; afterwards these are not read any more. */
  async take(staged: readonly StagedBand[], slots: readonly CellRaster[]): Promise<void> {
    const { packing, compression, yieldToIo, onProgress } = this.#tools;
    for (const { band, slot } of staged) {
      this.#signal.throwIfAborted();
      const raster = slots[slot];
      if (raster === undefined) throw new Error(`there is no slot ${slot}`);
      this.#picture?.add(regionOfBand(this.#plan.world, band), raster);
      const packed = packing.pack(bandOf(raster, 0, band.rows));
      const cells = band.rows * raster.width;
      const { kinds } = packedParts(countPacked(packed, cells));
      const stored = compression.compress(compression.best, packed, kinds);
      this.#object.add(band, stored, packed.byteLength);
      onProgress();
      if (this.#object.isFull) await this.#close();
      await yieldToIo();
    }
  }

  /** Stores what is left; afterwards all is stored. */
  async finish(): Promise<PartObject[]> {
    if (!this.#object.isEmpty) await this.#close();
    await unlessAborted(this.#storing, this.#signal);
    if (this.#picture !== undefined) this.#storePicture(gzipSync(this.#picture.finish(), GZIP));
    return this.#objects;
  }

  /** Nobody waits for it, and nobody asks what became of it: a picture is never in the way of a checkpoint. */
  #storePicture(bytes: Uint8Array): void {
    const key = picturePartKey(this.#folder, this.#plan.bootId);
    this.#tools.store.putIfAbsent(key, bytes).catch(() => undefined);
  }

  /** Hands the object over to be stored, once the one before it is. */
  async #close(): Promise<void> {
    await unlessAborted(this.#storing, this.#signal);
    const { bytes, object } = this.#object.finish();
    this.#object = this.#newObject();
    const key = this.#keyOf(this.#objects.length);
    this.#objects.push(object);
    this.#storing = this.#store(key, bytes);
    // Whoever waits for it next learns of it.
    this.#storing.catch(() => undefined);
  }

  async #store(key: string, bytes: Uint8Array): Promise<void> {
    const { store, onProgress } = this.#tools;
    if (!(await store.putIfAbsent(key, bytes))) {
      // The answer to an attempt of this very call may have been lost. The header tells: it has the hash of all.
      const there = await store.getRange(key, 0, PART_HEADER_BYTES);
      if (!there?.every((byte, i) => byte === bytes[i])) {
        throw new Error(`there is another object at ${key}`);
      }
    }
    onProgress();
  }

  #keyOf(index: number): string {
    return partObjectKey(this.#folder, this.#plan.bootId, index);
  }

  get #folder(): string {
    const { colonyName, colonyInstanceId, attempt } = this.#plan;
    return checkpointFolders.attempt(colonyName, colonyInstanceId, attempt);
  }

  #newObject(): PartObjectWriter {
    const { attempt, world, objectBytes } = this.#plan;
    const { best: codec } = this.#tools.compression;
    const { tick } = attempt;
    const meta = { ...world, engineVersion: ENGINE_VERSION, tick, codec };
    return new PartObjectWriter(meta, objectBytes);
  }
}
