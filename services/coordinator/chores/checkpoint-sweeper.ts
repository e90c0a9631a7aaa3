import { inParallel } from '../../platform/checkpoints/in-parallel.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { unlessAborted } from '../../platform/runtime/deadline.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import type { CheckpointAttempt, Manifest } from '../../protocol/checkpoint/manifest.ts';
import { checkpointFolders, isManifestKey } from '../../protocol/checkpoint/manifest.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { CheckpointArchive } from '../checkpoints/checkpoint-archive.ts';
import type { CheckpointSettings } from '../checkpoints/checkpoint-schedule.ts';
import { type Needs, unneededObjects } from '../checkpoints/unneeded-objects.ts';
import type { LeaderTerm } from '../term/leader-term.ts';

export interface CheckpointSweeperOptions
  extends Pick<CheckpointSettings, 'checkpointBudgetBytes' | 'checkpointIntervalSeconds'> {
  colonyName: string;
  snapshots: SnapshotStore;
  archive: Pick<CheckpointArchive, 'newest'>;
  clock: Clock;
  log: Log;
  record: () => ColonyRecord;
  /**
   * The checkpoint from which the world that ticks has started, null for genesis; undefined while none ticks: then
   * a recovery may be choosing one.
   */
  origin: () => CheckpointAttempt | null | undefined;
  /** What is being written, or may still be, is of this tick or a later one. */
  writingFromTick: () => number;
}

const SWEEP_EVERY_MS = 600_000;
/** At first a new leader has other things to do; and then while what is stored is about to outgrow its budget. */
const SWEEP_SOON_MS = 60_000;
/** What is needed is looked at again after so many. */
const REMOVALS_MAX = 10_000;
/** So many are removed at a time. */
const PARALLEL = 16;

/** Removes the objects of checkpoints that nobody needs any more. Only a leader does. */
export class CheckpointSweeper {
  readonly #options: CheckpointSweeperOptions;

  constructor(options: CheckpointSweeperOptions) {
    this.#options = options;
  }

  /** Sweeps until the term is over. */
  async run(term: LeaderTerm): Promise<void> {
    const { clock, log } = this.#options;
    for (let waitMs = SWEEP_SOON_MS; ; ) {
      await clock.sleep(waitMs, term.signal).catch(() => {});
      if (!term.mayAct) return;
      try {
        // What is under way may hang; it removes nothing more.
        waitMs = await unlessAborted(this.sweep(term), term.signal);
      } catch (error) {
        waitMs = SWEEP_SOON_MS;
        if (term.mayAct) log.info({ reason: messageOf(error) }, 'checkpoints are not swept');
      }
    }
  }

  /** One round; answers how long the next one can wait: not at all where this one leaves more to be removed. */
  async sweep(term: LeaderTerm): Promise<number> {
    const { snapshots, colonyName, clock, log } = this.#options;
    // Listed first: what is stored meanwhile is not judged by what was needed before.
    const objects = await snapshots.list(checkpointFolders.colony(colonyName));
    const looked = await this.#look(term.epoch);
    if (looked === 'unknown') return SWEEP_SOON_MS;
    const { needs, nextMs } = looked;
    const nowMs = Date.parse(clock.wallTime());
    const all = unneededObjects(colonyName, objects, needs, nowMs);
    const manifests = all.filter(isManifestKey);
    const others = all.filter((key) => !isManifestKey(key));
    const unneeded = [...manifests, ...others].slice(0, REMOVALS_MAX);
    const remove = (keys: readonly string[]) =>
      inParallel(
        PARALLEL,
        keys.map((key) => async () => {
          if (term.mayAct) await snapshots.delete(key);
        }),
      );
    // Wherever this ends, no manifest is left without its objects: it could still be found, and believed.
    await remove(unneeded.slice(0, manifests.length));
    await remove(unneeded.slice(manifests.length));
    if (!term.mayAct) return SWEEP_EVERY_MS;
    if (unneeded.length > 0) log.info({ objects: unneeded.length }, 'old checkpoints are removed');
    // Many backends leave more behind in ten minutes than one round removes.
    return unneeded.length < all.length ? 0 : nextMs;
  }

  async #look(epoch: number): Promise<{ needs: Needs | undefined; nextMs: number } | 'unknown'> {
    const { status, colonyInstanceId, checkpoint } = this.#options.record();
    // At the same moment: one that is finished later is neither pointed at by then nor being written any more.
    const writingFromTick = this.#options.writingFromTick();
    if (status === 'NotInitialized' || colonyInstanceId === undefined) {
      return { needs: undefined, nextMs: SWEEP_EVERY_MS };
    }
    const origin = this.#options.origin();
    if (origin === undefined) return 'unknown';
    const newest = await this.#options.archive.newest(colonyInstanceId, checkpoint, new Set());
    if (checkpoint !== undefined && newest === undefined) return 'unknown';
    const { kept = [], leaving = [] } = newest?.manifest ?? {};
    const pointed = [checkpoint, newest?.pointer, origin].filter((one) => one !== undefined);
    const checkpoints = [...kept, ...leaving, ...pointed.filter((one) => one !== null)];
    const newestTick = newest?.manifest.tick ?? -1;
    const isFull = newest !== undefined && this.#isSoonFull(newest.manifest);
    return {
      needs: { colonyInstanceId, checkpoints, epoch, newestTick, writingFromTick },
      nextMs: isFull ? SWEEP_SOON_MS : SWEEP_EVERY_MS,
    };
  }

  /**
   * Whether the checkpoints of ten minutes need more than twice the budget together with what is listed: the budget
   * binds what is kept and what leaves, but what it has put out of the lists is there until it is swept.
   */
  #isSoonFull({ kept, leaving, sizeBytes }: Manifest): boolean {
    const { checkpointBudgetBytes, checkpointIntervalSeconds } = this.#options;
    const listedBytes = [...kept, ...leaving].reduce((sum, one) => sum + one.sizeBytes, sizeBytes);
    const further = SWEEP_EVERY_MS / (1000 * checkpointIntervalSeconds);
    return listedBytes + further * sizeBytes > 2 * checkpointBudgetBytes;
  }
}
