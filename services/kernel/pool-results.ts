import {
  CHANGE_NAMES,
  type Changes,
  EMPTY_CHANGES,
  mergeChanges,
} from '../world/measuring/changes.ts';
import { addDigests } from '../world/measuring/digest.ts';
import {
  EMPTY_STATISTICS,
  mergeStatistics,
  STATISTICS_NAMES,
  type Statistics,
} from '../world/measuring/statistics.ts';

/** What the threads of a pool measure, in shared memory: statistics, changes and a digest per block. */
export class PoolResults {
  readonly buffer: SharedArrayBuffer;
  readonly #blocks: number;
  readonly #statistics: Float64Array;
  readonly #changes: Float64Array;
  readonly #digests: BigUint64Array;

  constructor(
    blocks: number,
    buffer = new SharedArrayBuffer(
      blocks * 8 * (STATISTICS_NAMES.length + CHANGE_NAMES.length + 1),
    ),
  ) {
    this.buffer = buffer;
    this.#blocks = blocks;
    this.#statistics = new Float64Array(buffer, 0, blocks * STATISTICS_NAMES.length);
    const changes = this.#statistics.byteLength;
    this.#changes = new Float64Array(buffer, changes, blocks * CHANGE_NAMES.length);
    this.#digests = new BigUint64Array(buffer, changes + this.#changes.byteLength, blocks);
  }

  setStatistics(block: number, statistics: Statistics): void {
    write(this.#statistics, STATISTICS_NAMES, block, statistics);
  }

  setChanges(block: number, changes: Changes): void {
    write(this.#changes, CHANGE_NAMES, block, changes);
  }

  setDigest(block: number, digest: bigint): void {
    this.#digests[block] = digest;
  }

  /** Of all blocks together. */
  get statistics(): Statistics {
    return this.#blockNumbers
      .map((block) => read(this.#statistics, STATISTICS_NAMES, block, EMPTY_STATISTICS))
      .reduce(mergeStatistics, EMPTY_STATISTICS);
  }

  /** Of all blocks together. */
  get changes(): Changes {
    return this.#blockNumbers
      .map((block) => read(this.#changes, CHANGE_NAMES, block, EMPTY_CHANGES))
      .reduce(mergeChanges, EMPTY_CHANGES);
  }

  /** Of all blocks together. */
  get digest(): bigint {
    return this.#digests.reduce(addDigests, 0n);
  }

  get #blockNumbers(): number[] {
    return Array.from({ length: this.#blocks }, (_, block) => block);
  }
}

function write<Name extends string>(
  table: Float64Array,
  names: readonly Name[],
  row: number,
  values: Readonly<Record<Name, number>>,
): void {
  names.forEach((name, i) => {
    table[row * names.length + i] = values[name];
  });
}

function read<T extends Record<Name, number>, Name extends string>(
  table: Float64Array,
  names: readonly Name[],
  row: number,
  empty: Readonly<T>,
): T {
  const values = names.map((name, i) => [name, table[row * names.length + i]]);
  return { ...empty, ...Object.fromEntries(values) };
}
