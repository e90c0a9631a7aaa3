import { computed } from '@preact/signals';
import { colony, isStarted } from '../state/colony.ts';
import { events } from '../state/events.ts';
import { checkpoints, pastEvents } from '../state/life.ts';
import { resolveRange, WHOLE_LIFE } from '../state/range.ts';
import { shownTick } from '../state/selection.ts';
import { range } from '../state/url-state.ts';
import { LifeScale } from './life-scale.ts';
import { lifeMarks } from './marks.ts';

/** Newer than all: the bar follows the views, not every picture. */
const now = computed(() => (isStarted.value ? (colony.value?.tick ?? 0) : 0));
const toCome = computed(() => events.value.filter(({ tick }) => tick >= now.value));
/** What has happened since the past was read. */
const justHappened = computed(() => {
  const read = pastEvents.value.at(-1)?.tick ?? -1;
  return events.value.filter(({ tick }) => tick < now.value && tick > read);
});

export const scale = computed(
  () => new LifeScale(now.value, Math.max(now.value, ...toCome.value.map(({ tick }) => tick))),
);
export const marks = computed(() =>
  lifeMarks(
    {
      past: [...pastEvents.value, ...justHappened.value],
      toCome: toCome.value,
      checkpoints: checkpoints.value,
    },
    scale.value,
  ),
);

/** The ticks between which one looks; undefined: the whole life. */
export const looked = computed(() => {
  const { from, to } = range.value;
  const isWhole = from === undefined && to === undefined;
  return isWhole ? undefined : resolveRange(range.value, now.value);
});

/** Looks at a tick of the past; at now, if it is the newest. */
export function lookAt(tick: number): void {
  const newest = scale.value.now;
  shownTick.value = tick >= newest ? undefined : Math.max(0, Math.round(tick));
}

/** Looks at the ticks between two, in any order. */
export function lookBetween(a: number, b: number): void {
  range.value = { from: Math.min(a, b), to: Math.max(a, b) };
}

export function backToNow(): void {
  shownTick.value = undefined;
  range.value = WHOLE_LIFE;
}

/** The mark before (-1) or after (1) the tick that is looked at: what lies in the past can be looked at. */
export function nextMark(direction: 1 | -1): void {
  const tick = shownTick.value ?? scale.value.now;
  const ticks = marks.value.map((mark) => mark.tick).filter((at) => at < scale.value.now);
  const next = direction === 1 ? ticks.find((at) => at > tick) : ticks.findLast((at) => at < tick);
  lookAt(next ?? (direction === 1 ? scale.value.now : 0));
}
