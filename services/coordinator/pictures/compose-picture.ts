import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { inParallel } from '../../platform/checkpoints/in-parallel.ts';
import type { RgbImage } from '../../platform/pictures/png.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { checkpointFolders, type Manifest } from '../../protocol/checkpoint/manifest.ts';
import {
  addPicturePart,
  partMaxBytes,
  picturePartKey,
} from '../../protocol/pictures/picture-part.ts';
import { pictureFormat, RGB_BYTES } from '../../protocol/pictures/stored-picture.ts';

export interface ComposingParts {
  colonyName: string;
  snapshots: Pick<SnapshotStore, 'get'>;
  clock: Clock;
}

/** Decompresses in the threads of Node, beside the caller. */
const decompress = promisify(gunzip);
/** So many parts are read at a time. */
const PARALLEL = 8;
/** Nobody waited for a part when its checkpoint was written: it may still be on its way. */
const TRIES = 5;
const TRY_AGAIN_MS = 1_000;

/** The keys of what backends have sampled for the picture of a checkpoint. */
export function picturePartKeys(colonyName: string, manifest: Manifest): string[] {
  const folder = checkpointFolders.attempt(colonyName, manifest.colonyInstanceId, manifest);
  return manifest.parts.map(({ bootId }) => picturePartKey(folder, bootId));
}

/**
 * Puts the picture of a checkpoint together from what each backend has of it.
 *
 * @throws Error if a part does not come, is damaged, or the parts are not the whole picture; STORE_UNAVAILABLE.
 */
export async function composePicture(
  manifest: Manifest,
  { colonyName, snapshots, clock }: ComposingParts,
): Promise<RgbImage> {
  const format = pictureFormat(manifest);
  const { columns, rows } = format;
  const maxOutputLength = partMaxBytes(format);
  const rgb = new Uint8Array(columns * rows * RGB_BYTES);
  const tasks = picturePartKeys(colonyName, manifest).map((key) => async () => {
    const stored = await untilThere(() => snapshots.get(key, maxOutputLength), clock);
    if (stored === undefined) throw new Error(`the part ${key} has not come`);
    return addPicturePart(await decompress(stored, { maxOutputLength }), format, rgb);
  });
  const pixels = (await inParallel(PARALLEL, tasks)).reduce((sum, some) => sum + some, 0);
  if (pixels !== columns * rows) {
    throw new Error(`the parts have ${pixels} pixels of ${columns * rows}`);
  }
  return { columns, rows, rgb };
}

async function untilThere<T>(
  get: () => Promise<T | undefined>,
  clock: Clock,
): Promise<T | undefined> {
  for (let tries = 1; ; tries++) {
    const there = await get();
    if (there !== undefined || tries === TRIES) return there;
    await clock.sleep(TRY_AGAIN_MS);
  }
}
