import type { Clock } from '../../platform/runtime/clock.ts';
import type { SegmentStore } from '../../platform/series/segment-store.ts';
import type { Segment } from '../../protocol/series/segments.ts';
import type { Row, Table } from '../../protocol/series/table.ts';
import { BoundedCalls } from './bounded-calls.ts';
import { type Kept, keptOf, stayingOf } from './levels-kept.ts';
import { SegmentCache } from './segment-cache.ts';

/** For so long nobody looks for other segments. */
const LISTED_MS = 10_000;

export interface KnownSegmentsOptions {
  table: Table;
  segments: SegmentStore;
  clock: Clock;
  colonyInstanceId: string;
}

/** The segments of one table of one instance, as far as their store has told of them. */
export class KnownSegments {
  readonly #options: KnownSegmentsOptions;
  readonly #calls: BoundedCalls;
  readonly #cache: SegmentCache;
  #kept: Kept = [];
  /** When they were listed; -Infinity where what is known may be wrong. */
  #listedMs = Number.NEGATIVE_INFINITY;
  /** The listing under way, for all who ask meanwhile. */
  #listing: Promise<void> | undefined;
  /** How often what was known turned out to be wrong: a listing that began before does not count. */
  #outdated = 0;

  constructor(options: KnownSegmentsOptions) {
    const { segments, clock, colonyInstanceId } = options;
    this.#options = options;
    this.#calls = new BoundedCalls(clock, 'older rows');
    this.#cache = new SegmentCache(segments, colonyInstanceId);
  }

  /** Those of the last listing that are to stay. */
  get kept(): Kept {
    return this.#kept;
  }

  /** Whether those that are known are still there, but for some that coarser ones have replaced. */
  get areListed(): boolean {
    return this.#listedMs > Number.NEGATIVE_INFINITY;
  }

  get mustBeListed(): boolean {
    return this.#options.clock.nowMs() - this.#listedMs > LISTED_MS;
  }

  /** To be called when others must be there, or some are not. */
  outdate(): void {
    this.#outdated++;
    this.#listedMs = Number.NEGATIVE_INFINITY;
    this.#listing = undefined;
  }

  /** @throws ColonyError STORE_UNAVAILABLE; what comes late is known then. */
  list(byMs: number): Promise<void> {
    if (this.#listing !== undefined) return this.#listing;
    const { table, segments, clock, colonyInstanceId } = this.#options;
    const outdated = this.#outdated;
    const listing = this.#calls
      .call(byMs, async () => {
        const kept = keptOf(table, await segments.list(colonyInstanceId));
        this.#kept = stayingOf(table, kept);
        if (outdated === this.#outdated) this.#listedMs = clock.nowMs();
      })
      .finally(() => {
        if (this.#listing === listing) this.#listing = undefined;
      });
    this.#listing = listing;
    return listing;
  }

  /** @throws ColonyError STORE_UNAVAILABLE */
  async rows(segment: Segment, byMs: number): Promise<readonly Row[]> {
    const known = this.#cache.known(segment);
    if (known !== undefined) return known;
    return this.#calls.call(byMs, async () => {
      try {
        return await this.#cache.rows(segment);
      } catch (error) {
        // It may have left since they were listed.
        this.outdate();
        throw error;
      }
    });
  }
}
