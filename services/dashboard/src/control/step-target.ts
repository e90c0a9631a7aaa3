import { STEP_MAX_TICKS } from '../../../protocol/common/limits.ts';
import { wholeNumber } from '../text/form-text.ts';

/**
 * How many ticks lead to a tick. Pure.
 *
 * @param text the tick to go to, as it is typed
 * @returns undefined if it is no tick ahead, or too far
 */
export const ticksTo = (text: string, now: number): number | undefined => {
  const target = wholeNumber(text, [now + 1, now + STEP_MAX_TICKS]);
  return target === undefined ? undefined : target - now;
};
