import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { type Progress, wantedGrant, wantedReservation } from './horizon.ts';

/**
 * The tick that one leader has granted within one generation. It never falls, and it is never beyond
 * the record's horizon, nor beyond the tick at which a paused colony stops.
 */
export class Grants {
  readonly #heartbeatIntervalMs: number;
  readonly #beatIntervalMs: number;
  #granted: number;
  /** How many writes that hold the colony are under way. */
  #freezes = 0;

  /** A former leader may have granted all that was reserved, up to where it paused. */
  constructor(record: ColonyRecord, o: { heartbeatIntervalMs: number; beatIntervalMs: number }) {
    this.#granted = Math.min(record.horizon, record.runUntil ?? record.horizon);
    this.#heartbeatIntervalMs = o.heartbeatIntervalMs;
    this.#beatIntervalMs = o.beatIntervalMs;
  }

  /** The highest tick to which any backend may have been told to run. */
  get granted(): number {
    return this.#granted;
  }

  /** The tick that the next heartbeat grants. */
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
   * @param clarify run after a write that failed; nothing is granted before it has finished.
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

  /** The horizon that the next beat reserves, and whether backends would soon have to wait for it. */
  reservation(record: ColonyRecord, progress: Progress): { horizon: number; urgent: boolean } {
    const end = stands(record) ? (record.runUntil ?? record.horizon) : Number.MAX_SAFE_INTEGER;
    const horizon = wantedReservation(progress, this.#heartbeatIntervalMs, this.#beatIntervalMs);
    const needed = Math.min(end, wantedGrant(progress, this.#heartbeatIntervalMs));
    return { horizon: Math.min(end, horizon), urgent: needed > record.horizon };
  }
}

/** How far the record allows backends to run. */
function limitOf(record: ColonyRecord): number {
  return stands(record) ? Math.min(record.horizon, record.runUntil ?? 0) : record.horizon;
}

const stands = (record: ColonyRecord): boolean => record.paused || record.fault !== undefined;
