import type { RecordStore, WriteResult } from '../../../services/platform/record/record-store.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import type { Randomness } from '../../../services/platform/runtime/randomness.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import type { ColonyRecord } from '../../../services/protocol/record/colony-record.ts';

/** How often a call of the record store has each fault. */
export interface StoreFaults {
  /** It takes long, though less than those who look wait for it. */
  slow: number;
  /** A write is carried out and its answer lost, or carried out after its caller was told that it failed. */
  unanswered: number;
  /** The store does not answer, and does nothing. */
  away: number;
}

const QUICK_MS = 20;
const SLOW_MS = 300;
/** A store that does not answer is given up after more than those who look wait for it. */
const TIMEOUT_MS = 1_500;

/** The record store of one coordinator, by a network that delays and loses. */
export class FaultyRecordStore implements RecordStore {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #randomness: Randomness;
  readonly #faults: StoreFaults;

  constructor(o: {
    store: RecordStore;
    clock: Clock;
    randomness: Randomness;
    faults: StoreFaults;
  }) {
    this.#store = o.store;
    this.#clock = o.clock;
    this.#randomness = o.randomness;
    this.#faults = o.faults;
  }

  async read(): Promise<ColonyRecord> {
    await this.#way();
    if (this.#chance(this.#faults.away)) await this.#timeOut();
    const record = await this.#store.read();
    await this.#way();
    return record;
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    await this.#way();
    if (this.#chance(this.#faults.away)) await this.#timeOut();
    if (this.#chance(this.#faults.unanswered)) {
      const isLate = this.#chance(0.5);
      const lateMs = isLate ? TIMEOUT_MS + this.#randomness.fraction() * 3_000 : 0;
      void this.#clock.sleep(lateMs).then(() => this.#store.replace(seen, next));
      await this.#timeOut();
    }
    const result = await this.#store.replace(seen, next);
    await this.#way();
    return result;
  }

  #chance(share: number): boolean {
    return this.#randomness.fraction() < share;
  }

  #way(): Promise<void> {
    const mostMs = this.#chance(this.#faults.slow) ? SLOW_MS : QUICK_MS;
    return this.#clock.sleep(this.#randomness.fraction() * mostMs);
  }

  async #timeOut(): Promise<never> {
    await this.#clock.sleep(TIMEOUT_MS);
    throw new ColonyError('STORE_UNAVAILABLE', 'the store did not answer in time');
  }
}
