import { ColonyError } from '../../protocol/common/errors.ts';
import { compareFences, type Fence, formatFence, ZERO_FENCE } from '../../protocol/wire/fence.ts';

/**
 * Remembers the highest fence of any authenticated call, and the highest generation that was released,
 * and refuses what is lower. Neither ever falls while the process lives.
 */
export class FenceGuard {
  #highest: Fence = ZERO_FENCE;
  #releasedThrough = -1;

  get highest(): Fence {
    return this.#highest;
  }

  /** Records the fence of a call; throws STALE_FENCE (extra: `seen`) if a higher one was seen. */
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

  /** Generations up to this one have been released here, for good. */
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
