import type { SeriesLog } from '../../../services/platform/series/series-log.ts';
import { type SeriesItem, seriesItemSchema } from '../../../services/protocol/series/table.ts';

/** Rows in this process. */
export class MemorySeriesLog implements SeriesLog {
  readonly #instances = new Map<string, Map<number, SeriesItem>>();

  async append(colonyInstanceId: string, item: SeriesItem): Promise<SeriesItem> {
    let items = this.#instances.get(colonyInstanceId);
    if (items === undefined) {
      items = new Map();
      this.#instances.set(colonyInstanceId, items);
    }
    const stored = items.get(item.tick) ?? seriesItemSchema.parse(structuredClone(item));
    items.set(item.tick, stored);
    return structuredClone(stored);
  }

  async list(
    colonyInstanceId: string,
    { fromTick = 0, limit }: { fromTick?: number; limit?: number } = {},
  ): Promise<SeriesItem[]> {
    return this.#sorted(colonyInstanceId)
      .filter(({ tick }) => tick >= fromTick)
      .slice(0, limit)
      .map((item) => structuredClone(item));
  }

  async last(colonyInstanceId: string): Promise<SeriesItem | undefined> {
    return structuredClone(this.#sorted(colonyInstanceId).at(-1));
  }

  async remove(colonyInstanceId: string, ticks: readonly number[]): Promise<void> {
    for (const tick of ticks) this.#instances.get(colonyInstanceId)?.delete(tick);
  }

  #sorted(colonyInstanceId: string): SeriesItem[] {
    return [...(this.#instances.get(colonyInstanceId)?.values() ?? [])].sort(
      (a, b) => a.tick - b.tick,
    );
  }
}
