import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { CoordinatorContext } from './coordinator-context.ts';

export interface FreshRecordOptions {
  store: Pick<ColonyRecords, 'read'>;
  context: CoordinatorContext;
  clock: Clock;
  /** Called when a read has shown something new. */
  onNews: () => void;
}

/** After so long without an answer the store is taken for away. */
const PATIENCE_MS = 1_000;

/**
 * The record for those who look at the colony, or wait for it to start. Any coordinator may have changed it since this one looked
 * last, and told somebody so: who asks now gets what was read after the question. Many who ask at
 * once share a read.
 *
 *     asked      1  2 3            1 waits for the first read, 2 and 3 for the second:
 *     reads      ├──────┤├──────┤  the first may have missed what they were told
 */
export class FreshRecord {
  readonly #options: FreshRecordOptions;
  #reading: Promise<ColonyRecord> | undefined;
  #next: Promise<ColonyRecord> | undefined;

  constructor(options: FreshRecordOptions) {
    this.#options = options;
  }

  /** Throws STORE_UNAVAILABLE. */
  read(): Promise<ColonyRecord> {
    const { clock } = this.#options;
    if (this.#reading === undefined) return this.#start();
    this.#next ??= settledOr(clock, this.#reading).then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  /** The newest record that is known where the store does not answer; throws if none ever was. */
  async readOrKnown(): Promise<{ record: ColonyRecord; isFresh: boolean }> {
    const { clock, context } = this.#options;
    const reading = this.read().then(
      (record) => ({ record, isFresh: true }),
      (error: unknown) => ({ error }),
    );
    const read = await settledOr(clock, reading);
    if (read !== undefined && 'record' in read) return read;
    if (context.isInitialized()) return { record: context.storedInfo(), isFresh: false };
    if (read !== undefined) throw read.error;
    return { record: await this.read(), isFresh: true };
  }

  #start(): Promise<ColonyRecord> {
    const { store, context, onNews } = this.#options;
    const reading = store
      .read()
      .then((record) => {
        const before = context.storedInfo().revision;
        context.initializeWithStoredInfo(record);
        if (record.revision > before) onNews();
        // A write of this process may be newer than the read.
        return context.storedInfo();
      })
      .finally(() => {
        if (this.#reading === reading) this.#reading = undefined;
      });
    this.#reading = reading;
    return reading;
  }
}

/** Resolves once the work has settled, with its result, or after `PATIENCE_MS`. */
async function settledOr<T>(clock: Clock, work: Promise<T>): Promise<T | undefined> {
  const settled = work.catch(() => undefined);
  return (await isDoneWithin(clock, PATIENCE_MS, settled)) ? settled : undefined;
}
