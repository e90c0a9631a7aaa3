import type { Clock } from '../../platform/runtime/clock.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import {
  pictureFolders,
  pictureKey,
  pictureTickOf,
} from '../../protocol/pictures/stored-picture.ts';

export interface PictureArchiveOptions {
  colonyName: string;
  snapshots: SnapshotStore;
  clock: Clock;
}

/** A picture that is stored. */
export interface PictureInfo {
  readonly tick: number;
  readonly sizeBytes: number;
}

/** What a PNG of 1,024 × 1,024 pixels takes that do not compress at all, and more. */
const PICTURE_MAX_BYTES = 4 * 2 ** 20;
/** Many who look at once are answered by one look at the store. */
const FRESH_MS = 2_000;

/** The pictures of one colony, in the snapshot store. */
export class PictureArchive {
  readonly #options: PictureArchiveOptions;
  #known: { instance: string; sinceMs: number; list: Promise<readonly PictureInfo[]> } | undefined;

  constructor(options: PictureArchiveOptions) {
    this.#options = options;
  }

  /**
   * All pictures of an instance, ascending by tick; one that was stored a moment ago may be missing.
   *
   * @throws STORE_UNAVAILABLE
   */
  list(instance: string): Promise<readonly PictureInfo[]> {
    const nowMs = this.#options.clock.nowMs();
    const known = this.#known;
    if (known?.instance === instance && nowMs - known.sinceMs < FRESH_MS) return known.list;
    const list = this.#list(instance);
    this.#known = { instance, sinceMs: nowMs, list };
    list.catch(() => {
      if (this.#known?.list === list) this.#known = undefined;
    });
    return list;
  }

  /**
   * A picture as it is stored: a PNG. undefined: there is none of this tick.
   *
   * @throws STORE_UNAVAILABLE
   */
  get(instance: string, tick: number): Promise<Uint8Array | undefined> {
    const { colonyName, snapshots } = this.#options;
    return snapshots.get(pictureKey(colonyName, instance, tick), PICTURE_MAX_BYTES);
  }

  /**
   * Stores a picture. One that is there already is the same: it depends on nothing but the state.
   *
   * @throws STORE_UNAVAILABLE
   */
  async put(instance: string, tick: number, png: Uint8Array): Promise<void> {
    const { colonyName, snapshots } = this.#options;
    await snapshots.putIfAbsent(pictureKey(colonyName, instance, tick), png);
    this.#known = undefined;
  }

  async #list(instance: string): Promise<readonly PictureInfo[]> {
    const folder = pictureFolders.instance(this.#options.colonyName, instance);
    const objects = await this.#options.snapshots.list(folder);
    return objects.flatMap(({ key, sizeBytes }) => {
      const tick = pictureTickOf(key.slice(folder.length));
      return tick === undefined ? [] : [{ tick, sizeBytes }];
    });
  }
}
