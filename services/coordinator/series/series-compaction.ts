import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { unlessAborted } from '../../platform/runtime/deadline.ts';
import type { SegmentStore } from '../../platform/series/segment-store.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { segmentStart } from '../../protocol/series/levels.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import { TableCompactor } from './table-compactor.ts';
import type { TableStore } from './table-store.ts';
import type { TableStores } from './table-stores.ts';

export interface SeriesCompactionOptions {
  tables: TableStores;
  clock: Clock;
  log: Log;
  record: () => ColonyRecord;
}

/** At first a new leader has other things to do. */
const FIRST_MS = 5_000;
/** A look costs nothing: what was appended is known. */
const LOOK_MS = 1_000;
const RETRY_MS = 10_000;

/** Keeps the items of all tables few, beside what else a leader does. Nothing waits for it. */
export class SeriesCompaction {
  readonly #options: SeriesCompactionOptions;

  constructor(options: SeriesCompactionOptions) {
    this.#options = options;
  }

  /** Compacts until the term is over. */
  async run(term: LeaderTerm): Promise<void> {
    const stores: TableStore[] = Object.values(this.#options.tables);
    await Promise.all(
      stores.map(
        ({ segments }, i) => segments && this.#keep(stores[i] as TableStore, segments, term),
      ),
    );
  }

  async #keep(store: TableStore, segments: SegmentStore, term: LeaderTerm): Promise<void> {
    const { clock, log } = this.#options;
    let done: { colonyInstanceId: string; tick: number } | undefined;
    for (let waitMs = FIRST_MS; ; ) {
      await clock.sleep(waitMs, term.signal).catch(() => {});
      if (!term.mayAct) return;
      waitMs = LOOK_MS;
      const { colonyInstanceId } = this.#options.record();
      if (colonyInstanceId === undefined || !isDue(store, colonyInstanceId, done)) continue;
      const compactor = new TableCompactor(store, segments, colonyInstanceId);
      try {
        // What is under way may hang; it has no effect any more.
        const tick = await unlessAborted(
          compactor.compact(() => term.assertActing()),
          term.signal,
        );
        done = { colonyInstanceId, tick };
      } catch (error) {
        waitMs = RETRY_MS;
        if (!term.mayAct) return;
        log.info({ reason: messageOf(error), table: store.table.name }, 'rows are not compacted');
      }
    }
  }
}

/** Whether a segment has become whole since the last time. */
function isDue(
  { table, appended }: TableStore,
  colonyInstanceId: string,
  done: { colonyInstanceId: string; tick: number } | undefined,
): boolean {
  if (done?.colonyInstanceId !== colonyInstanceId) return true;
  if (appended?.colonyInstanceId !== colonyInstanceId) return false;
  return segmentStart(table, 0, appended.tick) > segmentStart(table, 0, done.tick);
}
