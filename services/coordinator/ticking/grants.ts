import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { type Progress, wantedGrant, wantedReservation } from './horizon.ts';

/**
 * What one leader has granted within one generation. It never falls, and it is never more than the
 * record's horizon, nor than the tick at which a paused colony is to stand.
 */
export class Grants {
  readonly #heartbeatIntervalMs: number;
  readonly #beatIntervalMs: number;
  #granted: number;
  /** How many writes that stop the colony are under way. */
  #freezes = 0;

  /** Whatever was reserved may have been granted by a former leader, up to where it paused. */
  constructor(record: ColonyRecord, o: { heartbeatIntervalMs: number; beatIntervalMs: number }) {
    this.#granted = Math.min(record.horizon, record.runUntil ?? record.horizon);
    this.#heartbeatIntervalMs = o.heartbeatIntervalMs;
    this.#beatIntervalMs = o.beatIntervalMs;
  }

  /** The highest tick any backend may have been told to run to. */
  get granted(): number {
    return this.#granted;
  }

  /** What the next heartbeat grants. */
  next(record: ColonyRecord, progress: Progress): number {
    if (this.#freezes === 0) {
      const wanted = Math.min(limitOf(record), wantedGrant(progress, this.#heartbeatIntervalMs));
      this.#granted = Math.max(this.#granted, wanted);
    }
    return this.#granted;
  }

  /**
   * Grants nothing further while a pause at the granted tick is being written.
   *
   * @param clarify what comes after a write that failed: nothing is granted before it is through.
   */
  async frozen<T>(
    write: () => Promise<T>,
    clarify: () => Promise<void> = async () => {},
  ): Promise<T> {
    this.#freezes++;
    const thaw = () => {
      this.#freezes--;
    };
    try {
      const result = await write();
      thaw();
      return result;
    } catch (error) {
      void clarify().finally(thaw);
      throw error;
    }
  }

  /** What the next beat reserves, and whether backends would soon wait for it. */
  reservation(record: ColonyRecord, progress: Progress): { horizon: number; urgent: boolean } {
    const end = stands(record) ? (record.runUntil ?? record.horizon) : Number.MAX_SAFE_INTEGER;
    const horizon = wantedReservation(progress, this.#heartbeatIntervalMs, this.#beatIntervalMs);
    const needed = Math.min(end, wantedGrant(progress, this.#heartbeatIntervalMs));
    return { horizon: Math.min(end, horizon), urgent: needed > record.horizon };
  }
}

/** How far backends may run by the record alone. */
function limitOf(record: ColonyRecord): number {
  return stands(record) ? Math.min(record.horizon, record.runUntil ?? 0) : record.horizon;
}

const stands = (record: ColonyRecord): boolean => record.paused || record.fault !== undefined;
