import type { DigestEntry } from '../../protocol/colony/sampling.ts';

/** Digests of the world by (instance, tick): written once each, kept all. */
export interface DigestLog {
  /**
   * Writes a digest unless there is one for its tick. Answers the one that is there then: the
   * caller compares, since two that differ are a determinism violation.
   */
  append(colonyInstanceId: string, entry: DigestEntry): Promise<DigestEntry>;
  /** Entries from a tick on, ascending, at most `limit` if given. */
  list(
    colonyInstanceId: string,
    options?: { fromTick?: number; limit?: number },
  ): Promise<DigestEntry[]>;
  /** The entry with the highest tick, if there is any. */
  last(colonyInstanceId: string): Promise<DigestEntry | undefined>;
}
