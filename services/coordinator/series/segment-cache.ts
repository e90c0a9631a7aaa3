import type { SegmentStore } from '../../platform/series/segment-store.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { Segment } from '../../protocol/series/segments.ts';
import type { Row } from '../../protocol/series/table.ts';

/** So many segments are kept parsed: those of a level, and what comes after it in finer ones; fewer of wide tables. */
const SEGMENTS_MAX = 40;
const WIDE_SEGMENTS_MAX = 12;
const WIDE_COLUMNS = 64;

/** The segments of one table of one instance that were read last; they never change. */
export class SegmentCache {
  readonly #segments: SegmentStore;
  readonly #colonyInstanceId: string;
  /** By key, the one that was asked for last at the end. */
  readonly #known = new Map<string, readonly Row[]>();

  constructor(segments: SegmentStore, colonyInstanceId: string) {
    this.#segments = segments;
    this.#colonyInstanceId = colonyInstanceId;
  }

  /** What is known without asking the store. */
  known({ level, fromTick }: Segment): readonly Row[] | undefined {
    return this.#known.get(`${level}/${fromTick}`);
  }

  /** @throws ColonyError STORE_UNAVAILABLE, also if it is not there: it may just have left. */
  async rows(segment: Segment): Promise<readonly Row[]> {
    const key = `${segment.level}/${segment.fromTick}`;
    const rows =
      this.#known.get(key) ?? (await this.#segments.get(this.#colonyInstanceId, segment));
    if (rows === undefined) throw new ColonyError('STORE_UNAVAILABLE', `segment ${key} is gone`);
    this.#known.delete(key);
    this.#known.set(key, rows);
    for (const oldest of this.#known.keys()) {
      const isWide = Object.keys(rows[0] ?? {}).length > WIDE_COLUMNS;
      if (this.#known.size <= (isWide ? WIDE_SEGMENTS_MAX : SEGMENTS_MAX)) break;
      this.#known.delete(oldest);
    }
    return rows;
  }
}
