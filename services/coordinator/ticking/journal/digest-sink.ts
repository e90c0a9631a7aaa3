import type { DigestLog } from '../../../platform/series/digest-log.ts';
import type { DigestEntry } from '../../../protocol/colony/sampling.ts';
import { DeterminismViolation, type JournalEntry, type JournalSink } from './journal-sink.ts';

/** Stores digests, and compares those of a replay with what is stored. */
export class DigestSink implements JournalSink {
  readonly #log: DigestLog;
  readonly #colonyInstanceId: string;
  #last: DigestEntry | undefined;

  constructor(log: DigestLog, colonyInstanceId: string) {
    this.#log = log;
    this.#colonyInstanceId = colonyInstanceId;
  }

  /** The stored digest of the highest tick that is known. */
  get last(): DigestEntry | undefined {
    return this.#last;
  }

  /** Reads the last stored digest. If the log cannot be read, none is shown until the next digest. */
  async open(): Promise<void> {
    const stored = await this.#log.last(this.#colonyInstanceId).catch(() => undefined);
    if (stored !== undefined) this.#show(stored);
  }

  async accept({ tick, digest }: JournalEntry): Promise<void> {
    if (digest === undefined) return;
    const entry = { tick, digest };
    const stored = await this.#log.append(this.#colonyInstanceId, entry);
    if (stored.digest !== digest) {
      throw new DeterminismViolation({ tick, stored: stored.digest, measured: digest });
    }
    this.#show(entry);
  }

  #show(entry: DigestEntry): void {
    if (entry.tick >= (this.#last?.tick ?? 0)) this.#last = entry;
  }
}
