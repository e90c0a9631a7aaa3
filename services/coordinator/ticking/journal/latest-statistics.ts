import type { Statistics } from '../../../world/measuring/statistics.ts';
import type { JournalEntry, JournalSink } from './journal-sink.ts';

/** Keeps the newest statistics in memory, for `GET /colony`. */
export class LatestStatistics implements JournalSink {
  #latest: { tick: number; values: Statistics } | undefined;

  get latest(): { tick: number; values: Statistics } | undefined {
    return this.#latest;
  }

  async accept({ tick, statistics }: JournalEntry): Promise<void> {
    this.#latest = { tick, values: statistics };
  }
}
