import type { ColonyEvent } from '../../../../protocol/colony/colony-event.ts';

/** Events so near to each other on the screen that they share one mark. */
export interface Marker {
  /** From the left of what is shown, in CSS pixels. */
  leftPx: number;
  /** In the order in which they apply; at least one. */
  events: readonly ColonyEvent[];
}

/** Marks nearer than this could not be told apart, nor touched. */
const APART_PX = 18;

/** Marks of the events that happened within what is shown. Pure. */
export function markersOf(
  events: readonly ColonyEvent[],
  range: { from: number; to: number },
  widthPx: number,
): Marker[] {
  const span = range.to - range.from;
  if (span <= 0 || widthPx <= 0) return [];
  const markers: { leftPx: number; events: ColonyEvent[] }[] = [];
  for (const event of events) {
    if (event.cancelled || event.tick < range.from || event.tick > range.to) continue;
    const leftPx = ((event.tick - range.from) / span) * widthPx;
    const last = markers.at(-1);
    if (last !== undefined && leftPx - last.leftPx < APART_PX) last.events.push(event);
    else markers.push({ leftPx, events: [event] });
  }
  return markers;
}
