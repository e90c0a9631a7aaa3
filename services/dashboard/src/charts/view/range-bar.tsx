import type { TargetedKeyboardEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ColonyEvent } from '../../../../protocol/colony/colony-event.ts';
import { listedEventText } from '../../../../protocol/colony/event-text.ts';
import { whole } from '../../../../protocol/common/figures.ts';
import type { TickRange } from '../../state/range.ts';
import { type Marker, markersOf } from '../data/markers.ts';
import { nearestIndex } from '../data/nearest.ts';
import type { Cursor } from '../state/cursor.ts';
import { usePlaced } from './placed.ts';

/** Rows that page up and page down go. */
const LEAP_ROWS = 10;

interface RangeBarProps {
  range: TickRange;
  /** Of the rows that are shown. */
  ticks: readonly number[];
  events: readonly ColonyEvent[];
  cursor: Cursor;
  chosen: readonly ColonyEvent[];
  onEvents(events: readonly ColonyEvent[]): void;
}

/** The shown range from its first to its last tick: its events, and the cursor, which keys move. */
export function RangeBar({ range, ticks, events, cursor, chosen, onEvents }: RangeBarProps) {
  const bar = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  useLayoutEffect(() => {
    const host = bar.current;
    if (host === null) return;
    const resized = new ResizeObserver(() => setWidthPx(host.clientWidth));
    resized.observe(host);
    return () => resized.disconnect();
  }, []);
  const tick = cursor.tick.value;
  const span = Math.max(1, range.to - range.from);

  const follow = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const rows = { PageDown: -LEAP_ROWS, PageUp: LEAP_ROWS, ArrowLeft: -1, ArrowRight: 1 }[
      event.key
    ];
    if (event.key === 'Escape') cursor.pinned.value = undefined;
    else if (rows !== undefined) cursor.move(rows);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="range-bar" ref={bar}>
      <div class="marks">
        {markersOf(events, range, widthPx).map((marker) => (
          <Mark
            key={marker.events[0]?.tick}
            marker={marker}
            left={widthPx === 0 ? 0 : marker.leftPx / widthPx}
            isChosen={marker.events.some((event) => chosen.includes(event))}
            onChoose={() => onEvents(marker.events)}
          />
        ))}
      </div>
      <input
        type="range"
        class="cursor-slider"
        aria-label="Cursor: the tick whose values are told"
        title="Arrow keys move the cursor, Escape lets it follow the newest"
        min={range.from}
        max={range.from + span}
        step="any"
        disabled={ticks.length === 0}
        value={tick ?? range.to}
        aria-valuetext={tick === undefined ? 'nothing known' : `tick ${whole(tick)}`}
        onKeyDown={follow}
        onInput={(event) => {
          const index = nearestIndex(ticks, Number(event.currentTarget.value));
          cursor.pinned.value = index === undefined ? undefined : ticks[index];
        }}
      />
    </div>
  );
}

interface MarkProps {
  marker: Marker;
  left: number;
  isChosen: boolean;
  onChoose(): void;
}

function Mark({ marker, left, isChosen, onChoose }: MarkProps) {
  const button = usePlaced<HTMLButtonElement>(left);
  const { events } = marker;
  const [first] = events;
  if (first === undefined) return null;
  const text = `Tick ${whole(first.tick)}: ${listedEventText(first)}`;
  const more = events.length === 1 ? '' : `, and ${events.length - 1} more`;
  return (
    <button
      ref={button}
      type="button"
      class="event-mark"
      data-kind={first.kind}
      aria-pressed={isChosen}
      aria-label={`${text}${more}`}
      title={`${text}${more}`}
      onClick={onChoose}
    >
      {events.length === 1 ? '' : events.length}
    </button>
  );
}
