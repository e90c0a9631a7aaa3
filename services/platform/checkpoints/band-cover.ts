import type { BandEntry } from '../../protocol/checkpoint/part-object.ts';
import { type PartSource, unreadable } from '../../protocol/checkpoint/part-source.ts';
import { bandRows } from '../../world/cells/packed-cells.ts';

/** Sees to it that each band of some shards is there once. */
export class BandCover {
  readonly #shardSize: number;
  readonly #shards: ReadonlySet<number>;
  /** By shard: the first rows of the bands that are there. */
  readonly #there = new Map<number, Set<number>>();

  constructor(shardSize: number, shards: ReadonlySet<number>) {
    this.#shardSize = shardSize;
    this.#shards = shards;
  }

  /**
   * Takes the bands of an object.
   *
   * @returns those of the wanted shards.
   * @throws ColonyError CHECKPOINT_UNREADABLE if one is no band of its shard, or was there before.
   */
  take(bands: readonly BandEntry[], source: PartSource): BandEntry[] {
    const own = bands.filter(({ shard }) => this.#shards.has(shard));
    const rowsMost = bandRows(this.#shardSize);
    for (const band of own) {
      const { shard, firstRow, rows } = band;
      const expected = Math.min(rowsMost, this.#shardSize - firstRow);
      if (firstRow % rowsMost !== 0 || rows !== expected) {
        throw unreadable(source, `the bands of a shard have ${rowsMost} rows`, band);
      }
      const there = this.#there.get(shard) ?? new Set();
      if (there.has(firstRow)) throw unreadable(source, 'another object has this band too', band);
      this.#there.set(shard, there.add(firstRow));
    }
    return own;
  }

  /** A shard that is not all there; undefined if there is none. */
  missing(): number | undefined {
    const bands = Math.ceil(this.#shardSize / bandRows(this.#shardSize));
    return [...this.#shards].find((shard) => this.#there.get(shard)?.size !== bands);
  }
}
