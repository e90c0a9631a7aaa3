import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import type { CheckpointAttempt } from '../../protocol/checkpoint/manifest.ts';
import { checkpointFolders } from '../../protocol/checkpoint/manifest.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { CheckpointArchive } from '../checkpoints/checkpoint-archive.ts';
import { type Needs, unneededObjects } from '../checkpoints/unneeded-objects.ts';
import type { LeaderTerm } from '../term/leader-term.ts';

export interface CheckpointSweeperOptions {
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
}

const SWEEP_EVERY_MS = 600_000;
/** A new leader has other things to do at first. */
const FIRST_SWEEP_MS = 60_000;
/** What is needed is looked at again after so many. */
const REMOVALS_MAX = 1_000;

/** Removes the objects of checkpoints that nobody needs any more. Only a leader does. */
export class CheckpointSweeper {
  readonly #options: CheckpointSweeperOptions;

  constructor(options: CheckpointSweeperOptions) {
    this.#options = options;
  }

  /** Sweeps until the term is over. */
  async run(term: LeaderTerm): Promise<void> {
    const { clock, log } = this.#options;
    await clock.sleep(FIRST_SWEEP_MS, term.signal).catch(() => {});
    while (term.mayAct) {
      try {
        // Many backends leave more behind in ten minutes than one round removes.
        if ((await this.sweep(term)) === 'more') continue;
      } catch (error) {
        if (term.mayAct) log.info({ reason: messageOf(error) }, 'checkpoints are not swept');
      }
      await clock.sleep(SWEEP_EVERY_MS, term.signal).catch(() => {});
    }
  }

  /** One round; answers whether it leaves more to be removed. */
  async sweep(term: LeaderTerm): Promise<'more' | 'done'> {
    const { snapshots, colonyName, clock, log } = this.#options;
    // Listed first: what is stored meanwhile is not judged by what was needed before.
    const objects = await snapshots.list(checkpointFolders.colony(colonyName));
    const needs = await this.#needs(term.epoch);
    if (needs === 'unknown') return 'done';
    const nowMs = Date.parse(clock.wallTime());
    const all = unneededObjects(colonyName, objects, needs, nowMs);
    const unneeded = all.slice(0, REMOVALS_MAX);
    for (const key of unneeded) {
      if (!term.mayAct) return 'done';
      await snapshots.delete(key);
    }
    if (unneeded.length > 0) log.info({ objects: unneeded.length }, 'old checkpoints are removed');
    return unneeded.length < all.length ? 'more' : 'done';
  }

  async #needs(epoch: number): Promise<Needs | undefined | 'unknown'> {
    const { status, colonyInstanceId, checkpoint } = this.#options.record();
    if (status === 'NotInitialized' || colonyInstanceId === undefined) return undefined;
    const origin = this.#options.origin();
    if (origin === undefined) return 'unknown';
    const newest = await this.#options.archive.newest(colonyInstanceId, checkpoint, new Set());
    if (checkpoint !== undefined && newest === undefined) return 'unknown';
    const { kept = [], leaving = [] } = newest?.manifest ?? {};
    const pointed = [checkpoint, newest?.pointer, origin].filter((one) => one !== undefined);
    const checkpoints = [...kept, ...leaving, ...pointed.filter((one) => one !== null)];
    const newestTick = checkpoint?.tick ?? -1;
    const readableTick = newest?.manifest.tick ?? newestTick;
    return { colonyInstanceId, checkpoints, epoch, newestTick, readableTick };
  }
}
