import type { SnapshotInfo } from '../../platform/snapshots/snapshot-store.ts';
import { pictureFolders, pictureTickOf } from '../../protocol/pictures/stored-picture.ts';
import { type Density, thinned } from '../checkpoints/retention.ts';

/** Those of the last half an hour, and 16 to 32 for each doubling of age: after a year at most 410. */
const PICTURES: Density = { newest: 60, gapShare: 2 ** (1 / 16) - 1 };
/** The pictures of a stopped colony stay for a day. */
const STOPPED_MS = 86_400_000;

/**
 * The keys of pictures that are not kept: those too close to their neighbours for their age, and all of an instance
 * that has been stopped for a day. Pure.
 *
 * @param objects all below the folder of the pictures of the colony, ordered by key
 * @param instance the one that ticks; undefined: none does.
 * @param nowMs epoch milliseconds
 */
export function unneededPictures(
  colonyName: string,
  objects: readonly SnapshotInfo[],
  instance: string | undefined,
  nowMs: number,
): string[] {
  const root = pictureFolders.colony(colonyName);
  const byInstance = new Map<string, SnapshotInfo[]>();
  for (const object of objects) {
    const its = object.key.slice(root.length).split('/')[0] ?? '';
    const there = byInstance.get(its);
    if (there === undefined) byInstance.set(its, [object]);
    else there.push(object);
  }
  return [...byInstance].flatMap(([its, own]) => {
    if (its === instance) return tooClose(own, pictureFolders.instance(colonyName, its));
    const isRecent = own.some(({ modifiedMs }) => nowMs - modifiedMs < STOPPED_MS);
    return isRecent ? [] : own.map(({ key }) => key);
  });
}

function tooClose(objects: readonly SnapshotInfo[], folder: string): string[] {
  const pictures = objects.flatMap(({ key }) => {
    const tick = pictureTickOf(key.slice(folder.length));
    return tick === undefined ? [] : [{ key, tick }];
  });
  const kept = new Set(thinned(pictures, PICTURES));
  return pictures.filter((one) => !kept.has(one)).map(({ key }) => key);
}
