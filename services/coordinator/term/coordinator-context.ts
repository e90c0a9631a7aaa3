import type { Log } from '../../platform/observability/log.ts';
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
  #stored: ColonyRecord | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  isInitialized(): boolean {
    return this.#stored !== undefined;
  }

  storedInfo(): ColonyRecord {
    return this.#stored ?? ABSENT_RECORD;
  }

  /**
   * Takes a stored record, in any order and any number of times: a newer one replaces what is known, the
   * same or an older one changes nothing. Immutable fields that differ within one generation are logged
   * as a warning; it never throws.
   */
  initializeWithStoredInfo(info: ColonyRecord): 'initialized' | 'unchanged' | 'updated' | 'older' {
    const known = this.#stored;
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
