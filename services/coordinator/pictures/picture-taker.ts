import type { Log } from '../../platform/observability/log.ts';
import { encodePng } from '../../platform/pictures/png.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import type { Manifest } from '../../protocol/checkpoint/manifest.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { CheckpointPictures } from '../checkpoints/attempt.ts';
import type { CoordinatorCount } from '../metrics/coordinator-metrics.ts';
import { type ComposingParts, composePicture, picturePartKeys } from './compose-picture.ts';
import type { PictureArchive } from './picture-archive.ts';

export interface PictureSettings {
  /** How much time lies between two pictures, at least; 0: none are taken. */
  pictureIntervalSeconds: number;
}

export interface PictureTakerOptions extends ComposingParts, PictureSettings {
  archive: Pick<PictureArchive, 'put'>;
  snapshots: Pick<SnapshotStore, 'get' | 'delete'>;
  log: Log;
  count?: CoordinatorCount | undefined;
}

/**
 * Makes pictures of checkpoints, one at a time, once these are whole. Whatever fails loses that picture and nothing
 * else: nobody waits for it, and what it leaves behind goes with the checkpoint or is the picture itself.
 *
 *     checkpoint taken ──▶ parts read ──▶ PNG encoded ──▶ picture stored ──▶ parts removed
 */
export class PictureTaker implements CheckpointPictures {
  readonly #options: PictureTakerOptions;
  #isBusy = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: PictureTakerOptions) {
    this.#options = options;
  }

  get isDue(): boolean {
    const { clock, pictureIntervalSeconds } = this.#options;
    if (pictureIntervalSeconds === 0 || this.#isBusy) return false;
    return clock.nowMs() - this.#lastMs >= pictureIntervalSeconds * 1_000;
  }

  take(manifest: Manifest): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#lastMs = this.#options.clock.nowMs();
    void this.#make(manifest).finally(() => {
      this.#isBusy = false;
    });
  }

  async #make(manifest: Manifest): Promise<void> {
    const { archive, log, count } = this.#options;
    const { colonyInstanceId, tick } = manifest;
    try {
      const png = await encodePng(await composePicture(manifest, this.#options));
      await archive.put(colonyInstanceId, tick, png);
      count?.('colony_pictures_total', { outcome: 'stored' });
      log.debug({ tick, sizeBytes: png.byteLength }, 'a picture is stored');
    } catch (error) {
      count?.('colony_pictures_total', { outcome: 'lost' });
      log.info({ tick, reason: messageOf(error) }, 'a picture is lost; the colony ticks on');
    }
    const { colonyName, snapshots } = this.#options;
    for (const key of picturePartKeys(colonyName, manifest)) {
      // Else they go with their checkpoint.
      await snapshots.delete(key).catch(() => {});
    }
  }
}
