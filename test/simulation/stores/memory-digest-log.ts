import type { DigestLog } from '../../../services/platform/series/digest-log.ts';
import type { DigestEntry } from '../../../services/protocol/colony/sampling.ts';

/** Digests in this process. */
export class MemoryDigestLog implements DigestLog {
  readonly #instances = new Map<string, Map<number, DigestEntry>>();

  async append(colonyInstanceId: string, entry: DigestEntry): Promise<DigestEntry> {
    let entries = this.#instances.get(colonyInstanceId);
    if (entries === undefined) {
      entries = new Map();
      this.#instances.set(colonyInstanceId, entries);
    }
    const stored = entries.get(entry.tick) ?? { ...entry };
    entries.set(entry.tick, stored);
    return { ...stored };
  }

  async list(
    colonyInstanceId: string,
    { fromTick = 0, limit }: { fromTick?: number; limit?: number } = {},
  ): Promise<DigestEntry[]> {
    return this.#sorted(colonyInstanceId)
      .filter(({ tick }) => tick >= fromTick)
      .slice(0, limit);
  }

  async last(colonyInstanceId: string): Promise<DigestEntry | undefined> {
    return this.#sorted(colonyInstanceId).at(-1);
  }

  #sorted(colonyInstanceId: string): DigestEntry[] {
    return [...(this.#instances.get(colonyInstanceId)?.values() ?? [])]
      .map((entry) => ({ ...entry }))
      .sort((a, b) => a.tick - b.tick);
  }
}
