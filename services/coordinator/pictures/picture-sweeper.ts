import { inParallel } from '../../platform/checkpoints/in-parallel.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { unlessAborted } from '../../platform/runtime/deadline.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import { pictureFolders } from '../../protocol/pictures/stored-picture.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import { unneededPictures } from './unneeded-pictures.ts';

export interface PictureSweeperOptions {
  colonyName: string;
  snapshots: Pick<SnapshotStore, 'list' | 'delete'>;
  clock: Clock;
  log: Log;
  record: () => Pick<ColonyRecord, 'colonyInstanceId' | 'status'>;
}

const SWEEP_EVERY_MS = 600_000;
/** So many are removed at a time. */
const PARALLEL = 8;

/** Removes the pictures that are not kept. Only a leader does. */
export class PictureSweeper {
  readonly #options: PictureSweeperOptions;

  constructor(options: PictureSweeperOptions) {
    this.#options = options;
  }

  /** Sweeps until the term is over. */
  async run(term: LeaderTerm): Promise<void> {
    const { clock, log } = this.#options;
    for (;;) {
      await clock.sleep(SWEEP_EVERY_MS, term.signal).catch(() => {});
      if (!term.mayAct) return;
      try {
        // What is under way may hang; it removes nothing more.
        await unlessAborted(this.sweep(term), term.signal);
      } catch (error) {
        if (term.mayAct) log.info({ reason: messageOf(error) }, 'pictures are not swept');
      }
    }
  }

  /** One round. @throws STORE_UNAVAILABLE */
  async sweep(term: LeaderTerm): Promise<void> {
    const { colonyName, snapshots, clock, record, log } = this.#options;
    const objects = await snapshots.list(pictureFolders.colony(colonyName));
    const { status, colonyInstanceId } = record();
    const instance = status === 'NotInitialized' ? undefined : colonyInstanceId;
    const nowMs = Date.parse(clock.wallTime());
    const unneeded = unneededPictures(colonyName, objects, instance, nowMs);
    const removals = unneeded.map((key) => async () => {
      if (term.mayAct) await snapshots.delete(key);
    });
    await inParallel(PARALLEL, removals);
    if (unneeded.length > 0) log.debug({ pictures: unneeded.length }, 'old pictures are removed');
  }
}
