import type { CheckpointView } from '../../../protocol/api/public-api.ts';
import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';
import { listedEventText } from '../../../protocol/colony/event-text.ts';
import type { LifeScale } from './life-scale.ts';

/** Marks that lie closer than this are one, as a share of the bar. */
const APART = 1 / 220;
const TEXTS_MAX = 4;

/** Something at a tick of a life, or several things that lie too close to be told apart. */
export interface LifeMark {
  kind: 'checkpoint' | 'random' | 'injected' | 'to come' | 'cancelled';
  /** Of the first of them. */
  tick: number;
  /** From 0 to 1. */
  at: number;
  /** What they are, one line each. */
  texts: string[];
}

interface Life {
  past: readonly ColonyEvent[];
  toCome: readonly ColonyEvent[];
  checkpoints: readonly CheckpointView[];
}

/** What is marked on the bar, from left to right. Pure. */
export function lifeMarks({ past, toCome, checkpoints }: Life, scale: LifeScale): LifeMark[] {
  const events = [...past, ...toCome].map((event) => ({
    kind: kindOf(event, scale.now),
    tick: event.tick,
    text: `tick ${event.tick.toLocaleString('en')}: ${listedEventText(event)}`,
  }));
  const kept = checkpoints.map(({ tick }) => ({
    kind: 'checkpoint' as const,
    tick,
    text: `tick ${tick.toLocaleString('en')}: checkpoint`,
  }));
  // Each lane on its own: a checkpoint does not hide an event.
  return [...joined(events, scale), ...joined(kept, scale)].sort((a, b) => a.at - b.at);
}

function kindOf({ tick, origin, cancelled }: ColonyEvent, now: number): LifeMark['kind'] {
  if (cancelled) return 'cancelled';
  return tick >= now ? 'to come' : origin;
}

interface Item {
  kind: LifeMark['kind'];
  tick: number;
  text: string;
}

function joined(items: readonly Item[], scale: LifeScale): LifeMark[] {
  const marks: LifeMark[] = [];
  let left = 0;
  const close = () => {
    if (left > 0) marks.at(-1)?.texts.push(`and ${left} more`);
    left = 0;
  };
  for (const { kind, tick, text } of items.toSorted((a, b) => a.tick - b.tick)) {
    const at = scale.at(tick);
    const last = marks.at(-1);
    if (last === undefined || at - last.at >= APART) {
      close();
      marks.push({ kind, tick, at, texts: [text] });
      continue;
    }
    // What somebody did stands out among what chance did.
    if (kind === 'injected') last.kind = kind;
    if (last.texts.length < TEXTS_MAX) last.texts.push(text);
    else left++;
  }
  close();
  return marks;
}

/** The mark nearest to a place of the bar, if one is near. */
export function markNear(
  marks: readonly LifeMark[],
  place: number,
  reach: number,
): LifeMark | undefined {
  const distance = (mark: LifeMark) => Math.abs(mark.at - place);
  const near = marks.filter((mark) => distance(mark) <= reach);
  return near.reduce<LifeMark | undefined>(
    (best, mark) => (best === undefined || distance(mark) < distance(best) ? mark : best),
    undefined,
  );
}
