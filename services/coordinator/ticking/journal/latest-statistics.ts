import type { Statistics } from '../../../world/measuring/statistics.ts';
import type { Entries, JournalSink } from './journal-sink.ts';

/** Keeps the newest statistics in memory, for `GET /colony`. */
export class LatestStatistics implements JournalSink {
  #latest: { tick: number; values: Statistics } | undefined;

  get latest(): { tick: number; values: Statistics } | undefined {
    return this.#latest;
  }

  async accept(entries: Entries): Promise<number> {
    const { tick, statistics } = entries.at(-1) ?? entries[0];
    this.#latest = { tick, values: statistics };
    return tick;
  }
}
