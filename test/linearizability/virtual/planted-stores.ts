import type { RecordStore, WriteResult } from '../../../services/platform/record/record-store.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../services/protocol/record/colony-record.ts';

/**
 * Record stores with a bug each, which the checker has to notice.
 */

/** Looks whether the record is as seen, and writes a moment later whatever has come meanwhile. */
export class CheckThenActStore implements RecordStore {
  #record: ColonyRecord = ABSENT_RECORD;
  readonly #clock: Pick<Clock, 'sleep'>;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  async read(): Promise<ColonyRecord> {
    return structuredClone(this.#record);
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    if (seen.revision !== this.#record.revision) {
      return { ok: false, record: await this.read() };
    }
    await this.#clock.sleep(5);
    this.#record = structuredClone(next);
    return { ok: true, record: await this.read() };
  }
}

const STALE_MS = 2_000;

/** Every third read shows the record as it was two seconds ago. */
export class StaleReadStore implements RecordStore {
  readonly #versions: { atMs: number; record: ColonyRecord }[] = [];
  readonly #clock: Pick<Clock, 'nowMs'>;
  #reads = 0;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  async read(): Promise<ColonyRecord> {
    const backMs = ++this.#reads % 3 === 0 ? STALE_MS : 0;
    return structuredClone(this.#at(this.#clock.nowMs() - backMs));
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    const atMs = this.#clock.nowMs();
    const ok = seen.revision === this.#at(atMs).revision;
    if (ok) this.#versions.push({ atMs, record: structuredClone(next) });
    return { ok, record: structuredClone(this.#at(atMs)) };
  }

  #at(timeMs: number): ColonyRecord {
    return this.#versions.findLast(({ atMs }) => atMs <= timeMs)?.record ?? ABSENT_RECORD;
  }
}

/** Acknowledges one write in ten without keeping it. */
export class ForgetfulStore implements RecordStore {
  #record: ColonyRecord = ABSENT_RECORD;
  #writes = 0;

  async read(): Promise<ColonyRecord> {
    return structuredClone(this.#record);
  }

  async replace(seen: ColonyRecord, next: ColonyRecord): Promise<WriteResult> {
    const ok = seen.revision === this.#record.revision;
    if (ok && ++this.#writes % 10 > 0) this.#record = structuredClone(next);
    return { ok, record: structuredClone(ok ? next : this.#record) };
  }
}
