import type { Shown } from './last-known.ts';

/** How old what is shown may be before the page says so, in milliseconds. */
export const FRESH_MS = 3_000;

/**
 * Says how old the tick is that is shown: '' while it is live, else in words. Pure.
 *
 * @param sinceAnswerMs how long ago the server answered with it.
 */
export function freshnessText({ view, isOld }: Shown, sinceAnswerMs: number): string {
  const ageMs = (view.tickAgeMs ?? 0) + sinceAnswerMs;
  const isLate = view.tick !== null && ageMs > FRESH_MS;
  if (isOld) return isLate ? `last known, ${agoText(ageMs)}` : 'last known';
  return isLate ? agoText(ageMs) : '';
}

function agoText(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1000);
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}
