import type { SegmentStore } from '../../platform/series/segment-store.ts';
import {
  coarser,
  everyTicks,
  isWithin,
  segmentStart,
  segmentTicks,
} from '../../protocol/series/levels.ts';
import type { Segment } from '../../protocol/series/segments.ts';
import { type Row, type SeriesItem, toRows } from '../../protocol/series/table.ts';
import { type CompactionStep, nextStep } from './compaction.ts';
import { keptOf } from './levels-kept.ts';
import type { TableStore } from './table-store.ts';

/** Items are read so many at a time: those of a segment, usually. */
const ITEMS_MAX = 256;

/** Compacts the rows of one table of one colony instance. */
export class TableCompactor {
  readonly #store: TableStore;
  readonly #segments: SegmentStore;
  readonly #colonyInstanceId: string;

  constructor(store: TableStore, segments: SegmentStore, colonyInstanceId: string) {
    this.#store = store;
    this.#segments = segments;
    this.#colonyInstanceId = colonyInstanceId;
  }

  /**
   * Takes one step after the other until there is nothing to be done.
   *
   * @param check called before each step, and each effect of one; throws to end it.
   * @returns the tick through which rows are stored
   */
  async compact(check: () => void): Promise<number> {
    for (;;) {
      check();
      const { table, log } = this.#store;
      const id = this.#colonyInstanceId;
      const last = await log.last(id);
      const [oldest] = await log.list(id, { limit: 1 });
      const storedThroughTick = last?.tick ?? -1;
      const kept = keptOf(table, await this.#segments.list(id));
      const stored = { kept, oldestItemTick: oldest?.tick, storedThroughTick };
      if (oldest !== undefined) this.#store.compacted(id, segmentStart(table, 0, oldest.tick));
      const step = nextStep(table, stored);
      if (step === undefined) return storedThroughTick;
      await this.#take(step, check);
    }
  }

  async #take(step: CompactionStep, check: () => void): Promise<void> {
    const id = this.#colonyInstanceId;
    switch (step.kind) {
      case 'pack':
        return this.#put(step.segment, await this.#packed(step.segment), check);
      case 'merge':
        return this.#put(step.segment, await this.#merged(step.segment, step.of), check);
      case 'drop': {
        const items = await this.#itemsThrough(step.throughTick);
        check();
        const ticks = items.map(({ tick }) => tick);
        await this.#store.log.remove(id, ticks);
        return;
      }
      case 'retire':
        for (const segment of step.segments) {
          check();
          await this.#segments.delete(id, segment);
        }
    }
  }

  async #put(segment: Segment, rows: readonly Row[], check: () => void): Promise<void> {
    check();
    await this.#segments.put(this.#colonyInstanceId, segment, rows);
  }

  async #packed({ fromTick }: Segment): Promise<Row[]> {
    const { table } = this.#store;
    const toTick = fromTick + segmentTicks(table, 0);
    const byTick = new Map<number, Row>();
    for (const { columns } of await this.#itemsThrough(toTick)) {
      for (const row of toRows(table, columns)) {
        // The item that a former leader wrote late has rows that are there already.
        if (isWithin(row.tick, fromTick, toTick) && !byTick.has(row.tick))
          byTick.set(row.tick, row);
      }
    }
    return [...byTick.values()].sort((a, b) => a.tick - b.tick);
  }

  async #merged({ level }: Segment, of: readonly Segment[]): Promise<Row[]> {
    const rows: Row[] = [];
    for (const one of of) {
      const found = await this.#segments.get(this.#colonyInstanceId, one);
      // Another leader is further.
      if (found === undefined) throw new Error(`segment ${one.level}/${one.fromTick} is gone`);
      rows.push(...found);
    }
    return coarser(this.#store.table, rows, everyTicks(this.#store.table, level));
  }

  /** From the oldest on. */
  async #itemsThrough(throughTick: number): Promise<SeriesItem[]> {
    const found: SeriesItem[] = [];
    for (;;) {
      const fromTick = (found.at(-1)?.tick ?? -1) + 1;
      const page = await this.#store.log.list(this.#colonyInstanceId, {
        ...{ fromTick, limit: ITEMS_MAX },
      });
      const within = page.filter(({ tick }) => tick <= throughTick);
      found.push(...within);
      if (within.length < ITEMS_MAX) return found;
    }
  }
}
