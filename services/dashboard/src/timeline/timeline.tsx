import { useSignal } from '@preact/signals';
import type { TargetedPointerEvent } from 'preact';
import { isStarted } from '../state/colony.ts';
import { shownTick } from '../state/selection.ts';
import { integer } from '../text/format.ts';
import { type LifeMark, markNear } from './marks.ts';
import {
  backToNow,
  lookAt,
  lookBetween,
  looked,
  marks,
  nextMark,
  scale,
} from './timeline-state.ts';
import './timeline.css';

/** A pointer that moved less clicks. */
const CLICK_MAX_PX = 4;
const NEAR_PX = 7;

const percent = (share: number) => `${(share * 100).toFixed(2)}%`;

/** Where of the bar a pointer is, from 0 to 1, and how much of it some pixels are. */
function placeOf({ currentTarget, clientX }: TargetedPointerEvent<HTMLElement>) {
  const { left, width } = currentTarget.getBoundingClientRect();
  return { at: (clientX - left) / width, pixels: (count: number) => count / width };
}

/** How the keys of a slider move it, in shares of the life. */
const KEY_STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
};

function moveByKey(event: KeyboardEvent): void {
  const { now } = scale.value;
  const step = KEY_STEPS[event.key];
  if (event.key === '[' || event.key === ',') nextMark(-1);
  else if (event.key === ']') nextMark(1);
  else if (event.key === 'Escape') backToNow();
  else if (step !== undefined) {
    const by = Math.sign(step) * Math.max(1, Math.abs(step) * now);
    const tick = (shownTick.value ?? now) + by;
    if (event.shiftKey) lookBetween(shownTick.value ?? now, Math.min(now, Math.max(0, tick)));
    lookAt(tick);
  } else return;
  event.preventDefault();
}

/** The life of the colony from tick 0 to now, with its events and checkpoints. */
export function Timeline() {
  if (!isStarted.value) return null;
  return (
    <section class="timeline" aria-label="The life of the colony">
      <Bar />
      <Looking />
    </section>
  );
}

/** Where the pointer is, and where it was pressed. */
interface Hover {
  at: number;
  mark: LifeMark | undefined;
  fromAt: number | undefined;
}

function Bar() {
  const hover = useSignal<Hover | undefined>(undefined);
  const { now, nowAt } = scale.value;
  const shown = shownTick.value;
  const onMove = (event: TargetedPointerEvent<HTMLElement>) => {
    const { at, pixels } = placeOf(event);
    const mark = markNear(marks.value, at, pixels(NEAR_PX));
    hover.value = { at, mark, fromAt: hover.value?.fromAt };
  };
  const onUp = (event: TargetedPointerEvent<HTMLElement>) => {
    const { at, pixels } = placeOf(event);
    const fromAt = hover.value?.fromAt ?? at;
    const tick = scale.value.tickAt(at);
    const isClick = Math.abs(at - fromAt) <= pixels(CLICK_MAX_PX);
    if (!isClick) lookBetween(scale.value.tickAt(fromAt), tick);
    else lookAt(hover.value?.mark?.tick ?? tick);
    if (hover.value !== undefined) hover.value = { ...hover.value, fromAt: undefined };
  };
  return (
    <div
      class="life"
      role="slider"
      tabIndex={0}
      aria-label="Tick that is looked at"
      aria-valuemin={0}
      aria-valuemax={now}
      aria-valuenow={shown ?? now}
      aria-valuetext={valueText(shown, now)}
      onKeyDown={moveByKey}
      onPointerMove={onMove}
      onPointerLeave={() => {
        if (hover.value?.fromAt === undefined) hover.value = undefined;
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onMove(event);
        const { at } = placeOf(event);
        if (hover.value !== undefined) hover.value = { ...hover.value, fromAt: at };
      }}
      onPointerUp={onUp}
    >
      <div class="life-past" style={{ width: percent(nowAt) }} />
      <RangeBand hover={hover.value} />
      {marks.value.map((mark) => (
        <span
          key={`${mark.kind} ${mark.tick}`}
          class="life-mark"
          data-kind={mark.kind}
          style={{ left: percent(mark.at) }}
        />
      ))}
      {shown !== undefined && (
        <span class="life-shown" style={{ left: percent(scale.value.at(shown)) }} />
      )}
      <span class="life-now" style={{ left: percent(nowAt) }} />
      <Hint hover={hover.value} />
    </div>
  );
}

function valueText(shown: number | undefined, now: number): string {
  if (shown === undefined) return `tick ${integer(now)}, now`;
  const texts = marks.value.filter(({ tick }) => tick === shown).flatMap((mark) => mark.texts);
  return [`tick ${integer(shown)} of ${integer(now)}`, ...texts].join(', ');
}

/** The ticks between which one looks, or is about to. */
function RangeBand({ hover }: { hover: Hover | undefined }) {
  const ends =
    hover?.fromAt !== undefined
      ? [hover.fromAt, Math.min(hover.at, scale.value.nowAt)]
      : looked.value && [scale.value.at(looked.value.from), scale.value.at(looked.value.to)];
  if (ends === undefined) return null;
  const [left = 0, right = 0] = ends.toSorted((a, b) => a - b);
  return <span class="life-range" style={{ left: percent(left), width: percent(right - left) }} />;
}

/** What lies under the pointer. */
function Hint({ hover }: { hover: Hover | undefined }) {
  if (hover === undefined) return null;
  const tick = scale.value.tickAt(hover.at);
  const lines = hover.mark?.texts ?? [`tick ${integer(tick)}`];
  const at = Math.min(0.97, Math.max(0.03, hover.mark?.at ?? hover.at));
  const side = at > 0.5 ? 'end' : 'start';
  return (
    <span
      class="life-hint"
      data-side={side}
      style={side === 'end' ? { right: percent(1 - at) } : { left: percent(at) }}
    >
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </span>
  );
}

/** From when to when, or at which tick one looks, and the way back. */
function Looking() {
  const { now, nowAt } = scale.value;
  const text = lookedText();
  return (
    <p class="life-ends">
      <span>0</span>
      {text !== '' && (
        <span class="looking">
          {text}{' '}
          <button type="button" class="small" onClick={backToNow}>
            Back to now
          </button>
        </span>
      )}
      <span class="life-end" style={{ left: `min(${percent(nowAt)}, 100% - 1.4rem)` }}>
        {integer(now)}
      </span>
    </p>
  );
}

function lookedText(): string {
  const tick = shownTick.value === undefined ? [] : [`tick ${integer(shownTick.value)}`];
  const { from, to } = looked.value ?? {};
  const span = from === undefined || to === undefined ? [] : [`${integer(from)} to ${integer(to)}`];
  return [...tick, ...span].join(', ');
}
