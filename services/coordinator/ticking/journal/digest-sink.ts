import type { DigestLog } from '../../../platform/series/digest-log.ts';
import type { DigestEntry } from '../../../protocol/colony/sampling.ts';
import { DeterminismViolation, type Entries, type JournalSink } from './journal-sink.ts';

/** Stores digests, and compares those of a replay with what is stored. */
export class DigestSink implements JournalSink {
  readonly #log: DigestLog;
  readonly #colonyInstanceId: string;
  #last: DigestEntry | undefined;

  /** @param last the stored digest of the highest tick, if there is any. */
  constructor(log: DigestLog, colonyInstanceId: string, last?: DigestEntry) {
    this.#log = log;
    this.#colonyInstanceId = colonyInstanceId;
    this.#last = last;
  }

  /** The stored digest of the highest tick that is known. */
  get last(): DigestEntry | undefined {
    return this.#last;
  }

  /** One at a time: what is durable stays so when the next one fails. */
  async accept([{ tick, digest }]: Entries): Promise<number> {
    if (digest === undefined) return tick;
    const entry = { tick, digest };
    const stored = await this.#log.append(this.#colonyInstanceId, entry);
    if (stored.digest !== digest) {
      throw new DeterminismViolation({ tick, stored: stored.digest, measured: digest });
    }
    if (tick >= (this.#last?.tick ?? 0)) this.#last = entry;
    return tick;
  }
}
