import { OBJECT_PREFIXES } from '../common/names.ts';
import { pictureScale } from './picture-scale.ts';

/*
 * Pictures of the whole world through time, as objects of the snapshot store: PNGs below
 * `pictures/<colony>/<instance>/<tick>.png`. Backends sample their shards where they write a checkpoint, and leave
 * what they have beside their parts of it; the leader puts it together. So a picture is of exactly that tick in
 * every part, and the same whoever holds which shards.
 */

/** A picture has red, green and blue, a byte each. */
export const RGB_BYTES = 3;

/** How a world is pictured: pixel (i, j) shows the cell (i · scale, j · scale). */
export interface PictureFormat {
  readonly scale: number;
  readonly columns: number;
  readonly rows: number;
}

export function pictureFormat(world: { width: number; height: number }): PictureFormat {
  const scale = pictureScale(world);
  const columns = Math.ceil(world.width / scale);
  return { scale, columns, rows: Math.ceil(world.height / scale) };
}

/** The folders of the pictures of a colony and of an instance; each ends with `/`. */
export const pictureFolders = {
  colony: (colonyName: string): string => OBJECT_PREFIXES.pictures(colonyName),
  instance: (colonyName: string, colonyInstanceId: string): string =>
    `${OBJECT_PREFIXES.pictures(colonyName)}${colonyInstanceId}/`,
} as const;

/** The key of a picture; keys sort by tick. */
export const pictureKey = (colonyName: string, colonyInstanceId: string, tick: number): string =>
  `${pictureFolders.instance(colonyName, colonyInstanceId)}${String(tick).padStart(10, '0')}.png`;

/** The tick of a picture below the folder of its instance; undefined if it is none. */
export function pictureTickOf(path: string): number | undefined {
  const digits = /^(\d{10})\.png$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
