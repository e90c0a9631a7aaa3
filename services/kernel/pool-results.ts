import { addDigests } from '../world/measuring/digest.ts';
import {
  EMPTY_STATISTICS,
  mergeStatistics,
  STATISTICS_NAMES,
  type Statistics,
} from '../world/measuring/statistics.ts';

/** What the threads of a pool measure, in shared memory: statistics and a digest per block. */
export class PoolResults {
  readonly buffer: SharedArrayBuffer;
  readonly #blocks: number;
  readonly #statistics: Float64Array;
  readonly #digests: BigUint64Array;

  constructor(
    blocks: number,
    buffer = new SharedArrayBuffer(blocks * 8 * (STATISTICS_NAMES.length + 1)),
  ) {
    this.buffer = buffer;
    this.#blocks = blocks;
    this.#statistics = new Float64Array(buffer, 0, blocks * STATISTICS_NAMES.length);
    this.#digests = new BigUint64Array(buffer, this.#statistics.byteLength, blocks);
  }

  setStatistics(block: number, statistics: Statistics): void {
    STATISTICS_NAMES.forEach((name, i) => {
      this.#statistics[block * STATISTICS_NAMES.length + i] = statistics[name];
    });
  }

  setDigest(block: number, digest: bigint): void {
    this.#digests[block] = digest;
  }

  /** Of all blocks together. */
  get statistics(): Statistics {
    let sum: Statistics = EMPTY_STATISTICS;
    for (let block = 0; block < this.#blocks; block++) {
      const own = { ...EMPTY_STATISTICS };
      STATISTICS_NAMES.forEach((name, i) => {
        own[name] = this.#statistics[block * STATISTICS_NAMES.length + i] as number;
      });
      sum = mergeStatistics(sum, own);
    }
    return sum;
  }

  /** Of all blocks together. */
  get digest(): bigint {
    return this.#digests.reduce(addDigests, 0n);
  }
}
