import type { EventLog } from '../../../services/platform/series/event-log.ts';
import {
  type LoggedEvent,
  loggedEventSchema,
} from '../../../services/protocol/colony/colony-event.ts';

/** Events in this process. */
export class MemoryEventLog implements EventLog {
  readonly #instances = new Map<string, Map<number, LoggedEvent>>();

  async append(colonyInstanceId: string, entry: LoggedEvent): Promise<LoggedEvent> {
    let entries = this.#instances.get(colonyInstanceId);
    if (entries === undefined) {
      entries = new Map();
      this.#instances.set(colonyInstanceId, entries);
    }
    const stored = entries.get(entry.sequence) ?? loggedEventSchema.parse(structuredClone(entry));
    entries.set(entry.sequence, stored);
    return structuredClone(stored);
  }

  async list(
    colonyInstanceId: string,
    { fromSequence = 1, limit }: { fromSequence?: number; limit?: number } = {},
  ): Promise<LoggedEvent[]> {
    return [...(this.#instances.get(colonyInstanceId)?.values() ?? [])]
      .filter(({ sequence }) => sequence >= fromSequence)
      .sort((a, b) => a.sequence - b.sequence)
      .slice(0, limit)
      .map((entry) => structuredClone(entry));
  }
}
