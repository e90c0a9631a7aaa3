import type { RangeChoice } from './url-codec.ts';

/** The ticks that are shown, both ends with them. */
export interface TickRange {
  from: number;
  to: number;
}

/** The least that can be zoomed to. */
export const RANGE_TICKS_MIN = 100;

export const WHOLE_LIFE: RangeChoice = Object.freeze({ from: undefined, to: undefined });

/** @param newest the tick of the newest row */
export function resolveRange({ from, to }: RangeChoice, newest: number): TickRange {
  const end = Math.min(Math.max(0, to ?? newest), Math.max(0, newest));
  const start = from === undefined ? 0 : from < 0 ? end + from : from;
  const least = Math.max(0, end - RANGE_TICKS_MIN);
  return { from: Math.floor(Math.max(0, Math.min(start, least))), to: Math.ceil(end) };
}

/** Whether it goes on with the colony. */
export const isLive = ({ to }: RangeChoice): boolean => to === undefined;

/** The window of so many newest ticks. */
export const newestTicks = (ticks: number): RangeChoice => ({ from: -ticks, to: undefined });

/**
 * What was drawn over with the pointer or moved to, as a choice: within the life, not shorter than the least, and live
 * if it reaches the newest row.
 */
export function chosenRange(from: number, to: number, newest: number): RangeChoice {
  const low = Math.max(0, Math.round(Math.min(from, to)));
  const high = Math.min(newest, Math.round(Math.max(from, to)));
  const widened = Math.max(0, Math.min(low, high - RANGE_TICKS_MIN));
  const end = Math.min(newest, Math.max(high, widened + RANGE_TICKS_MIN));
  return {
    from: widened === 0 ? undefined : widened,
    to: end >= newest ? undefined : end,
  };
}

/** Nearer or farther round a tick, which stays where it is; a factor below 1 is nearer. */
export function zoomed(
  range: TickRange,
  round: number,
  factor: number,
  newest: number,
): RangeChoice {
  const { from, to } = range;
  return chosenRange(round - (round - from) * factor, round + (to - round) * factor, newest);
}

/** Earlier or later by a share of what is shown; it stays as long as it is. */
export function panned({ from, to }: TickRange, share: number, newest: number): RangeChoice {
  const by = Math.round((to - from) * share);
  const shift = Math.max(-from, Math.min(by, newest - to));
  return chosenRange(from + shift, to + shift, newest);
}
