import { ColonyError } from '../../protocol/common/errors.ts';
import { compareFences, type Fence, formatFence, ZERO_FENCE } from '../../protocol/wire/fence.ts';

/**
 * Remembers the highest fence of any authenticated call and refuses lower ones, and remembers which
 * generations were released. Both only rise while the process lives.
 */
export class FenceGuard {
  #highest: Fence = ZERO_FENCE;
  #releasedThrough = -1;

  get highest(): Fence {
    return this.#highest;
  }

  /** Takes the fence of a call as seen; throws STALE_FENCE (extra: `seen`) if it is a lower one. */
  admit(fence: Fence): void {
    if (compareFences(fence, this.#highest) < 0) {
      throw new ColonyError(
        'STALE_FENCE',
        `the call carries ${formatFence(fence)}, ${formatFence(this.#highest)} has been seen`,
        { extra: { seen: this.#highest } },
      );
    }
    this.#highest = fence;
  }

  /** Generations up to this one are over here, for good. */
  release(generation: number): void {
    this.#releasedThrough = Math.max(this.#releasedThrough, generation);
  }

  /** Throws GENERATION_RELEASED. */
  assertNotReleased(generation: number): void {
    if (generation > this.#releasedThrough) return;
    throw new ColonyError(
      'GENERATION_RELEASED',
      `generation ${generation} was released here, as all up to ${this.#releasedThrough}`,
      { extra: { releasedThrough: this.#releasedThrough } },
    );
  }
}
