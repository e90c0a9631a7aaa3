import type { TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { whole } from '../../../../protocol/common/figures.ts';
import { columnOf } from '../../../../protocol/series/rates.ts';
import { chosenRange, panned, type TickRange } from '../../state/range.ts';
import type { RangeChoice } from '../../state/url-codec.ts';
import { withGaps } from '../data/gaps.ts';
import type { StatisticsTable } from '../data/tables.ts';
import { usePlaced } from './placed.ts';

const HEIGHT = 40;
const WIDTH = 1000;
/** What a key moves an edge by, of the whole life. */
const STEP = 0.01;
const LEAP = 0.1;

interface OverviewProps {
  life: StatisticsTable;
  newest: number;
  range: TickRange;
  onChoice(choice: RangeChoice): void;
}

/** The population of the whole life, and what of it is shown: draw over it, move it, move its edges. */
export function Overview({ life, newest, range, onChoice }: OverviewProps) {
  const track = useRef<HTMLDivElement>(null);
  const share = (tick: number) => (newest === 0 ? 0 : tick / newest);
  const window = usePlaced<HTMLDivElement>(share(range.from), share(range.to));
  const tickAt = (event: PointerEvent) => {
    const { left, width } = track.current?.getBoundingClientRect() ?? { left: 0, width: 1 };
    return Math.max(0, Math.min(1, (event.clientX - left) / width)) * newest;
  };

  /** Follows the pointer until it is up; `choose` tells what is shown by where it began and is. */
  const drag = (choose: (began: number, now: number) => RangeChoice) => (event: PointerEvent) => {
    const target = event.currentTarget as HTMLElement;
    if (event.button !== 0) return;
    event.stopPropagation();
    target.setPointerCapture(event.pointerId);
    const began = tickAt(event);
    const move = (next: PointerEvent) => {
      // A click alone chooses nothing.
      if (Math.abs(next.clientX - event.clientX) > 3) onChoice(choose(began, tickAt(next)));
    };
    const end = () => {
      target.removeEventListener('pointermove', move);
      target.removeEventListener('pointerup', end);
      target.removeEventListener('pointercancel', end);
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end);
    target.addEventListener('pointercancel', end);
  };

  const { from, to } = range;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no box that can be drawn over
    <div
      class="overview"
      role="group"
      aria-label="The whole life, and what of it is shown"
      ref={track}
      onPointerDown={drag((began, now) => chosenRange(began, now, newest))}
      onDblClick={() => onChoice({ from: undefined, to: undefined })}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={areaOf(life, newest)} />
      </svg>
      <div
        class="overview-window"
        ref={window}
        onPointerDown={drag((began, now) =>
          panned(range, (now - began) / Math.max(1, to - from), newest),
        )}
      >
        <Edge
          name="First tick shown"
          tick={from}
          newest={newest}
          onDrag={drag((_, now) => chosenRange(Math.min(now, to), to, newest))}
          onTick={(tick) => onChoice(chosenRange(Math.min(tick, to), to, newest))}
        />
        <Edge
          name="Last tick shown"
          tick={to}
          newest={newest}
          onDrag={drag((_, now) => chosenRange(from, Math.max(now, from), newest))}
          onTick={(tick) => onChoice(chosenRange(from, Math.max(tick, from), newest))}
        />
      </div>
    </div>
  );
}

interface EdgeProps {
  name: string;
  tick: number;
  newest: number;
  onDrag(event: PointerEvent): void;
  onTick(tick: number): void;
}

function Edge({ name, tick, newest, onDrag, onTick }: EdgeProps) {
  const follow = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const to = {
      ArrowLeft: tick - STEP * newest,
      ArrowRight: tick + STEP * newest,
      PageDown: tick - LEAP * newest,
      PageUp: tick + LEAP * newest,
      Home: 0,
      End: newest,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onTick(to);
  };
  return (
    <div
      class="overview-edge"
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={newest}
      aria-valuenow={tick}
      aria-valuetext={`tick ${whole(tick)}`}
      onKeyDown={follow}
      onPointerDown={onDrag}
    />
  );
}

/** The population as an area, in the units of the picture; nothing stands in its gaps. */
function areaOf(life: StatisticsTable, newest: number): string {
  const table = withGaps(life);
  const { tick } = table.columns;
  const population = columnOf(table, 'population');
  const top = Math.max(1, ...population.map((count) => count ?? 0));
  const x = (row: number) => (((tick[row] ?? 0) / Math.max(1, newest)) * WIDTH).toFixed(1);
  let path = '';
  let began: number | undefined;
  for (let row = 0; row <= tick.length; row++) {
    const count = population[row] ?? null;
    if (count === null) {
      if (began !== undefined) path += `V${HEIGHT}H${x(began)}Z`;
      began = undefined;
      continue;
    }
    const y = (HEIGHT * (1 - count / top)).toFixed(1);
    path += began === undefined ? `M${x(row)} ${HEIGHT}V${y}` : `L${x(row)} ${y}`;
    began ??= row;
  }
  return path;
}
