import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { ABSENT_RECORD, type ColonyRecord } from '../../protocol/record/colony-record.ts';

/** Fields that never change within one generation once they are set. */
const IMMUTABLE = ['colonyInstanceId', 'claimId', 'specRef', 'bodyHash'] as const;

/**
 * The colony record as this process knows it. Reading it before it is initialised is normal: it
 * then shows a colony that is not initialised, and `isInitialized` says so. It never initialises
 * a colony; it only remembers what was stored.
 */
export class CoordinatorContext {
  readonly #log: Log;
  readonly #clock: Pick<Clock, 'nowMs'>;
  #stored: ColonyRecord | undefined;
  #tickSinceMs = 0;

  /** @param clock for the age of what it knows. @default none: everything is new */
  constructor(log: Log, clock: Pick<Clock, 'nowMs'> = { nowMs: () => 0 }) {
    this.#log = log;
    this.#clock = clock;
  }

  isInitialized(): boolean {
    return this.#stored !== undefined;
  }

  storedInfo(): ColonyRecord {
    return this.#stored ?? ABSENT_RECORD;
  }

  /** The tick of the world that the leader told last, and for how long this process has known it. */
  lastTick(): { tick: number; ageMs: number } | undefined {
    const told = this.#stored?.lastTick;
    return told && { tick: told.tick, ageMs: this.#clock.nowMs() - this.#tickSinceMs };
  }

  /**
   * Takes a stored record, in any order and any number of times: a newer one replaces what is known, the
   * same or an older one changes nothing. Immutable fields that differ within one generation are logged
   * as a warning; it never throws.
   */
  initializeWithStoredInfo(info: ColonyRecord): 'initialized' | 'unchanged' | 'updated' | 'older' {
    const known = this.#stored;
    const [before, after] = [known?.lastTick, info.lastTick];
    const isNewTick = before?.epoch !== after?.epoch || before?.beat !== after?.beat;
    if (isNewTick && info.revision > (known?.revision ?? -1)) {
      this.#tickSinceMs = this.#clock.nowMs();
    }
    if (known === undefined) {
      this.#stored = info;
      return 'initialized';
    }
    if (info.revision < known.revision) return 'older';
    if (info.generation === known.generation) this.#warnOfDifferences(known, info);
    if (info.revision === known.revision) return 'unchanged';
    this.#stored = info;
    return 'updated';
  }

  #warnOfDifferences(known: ColonyRecord, info: ColonyRecord): void {
    for (const field of IMMUTABLE) {
      const before = known[field];
      const after = info[field];
      if (before !== undefined && after !== undefined && before !== after) {
        this.#log.warn(
          { field, before, after, generation: info.generation },
          'stored info differs in a field that never changes within a generation',
        );
      }
    }
  }
}
