import type { ReadonlySignal, Signal } from '@preact/signals';
import { whole } from '../../../../protocol/common/figures.ts';
import {
  isLive,
  newestTicks,
  panned,
  type TickRange,
  WHOLE_LIFE,
  zoomed,
} from '../../state/range.ts';
import type { RangeChoice } from '../../state/url-codec.ts';
import { downloadPath } from '../state/charts-api.ts';

const WINDOWS = [1_000, 10_000, 100_000, 1_000_000] as const;
const NEARER = 0.5;
const PAN = 0.5;

interface ToolbarProps {
  choice: Signal<RangeChoice>;
  range: TickRange;
  newest: number;
  isPerCreature: Signal<boolean>;
  /** Of the cursor. */
  tick: ReadonlySignal<number | undefined>;
}

/** What is shown of the life, and files of it. */
export function ChartsToolbar({ choice, range, newest, isPerCreature, tick }: ToolbarProps) {
  const choose = (next: RangeChoice) => {
    choice.value = next;
  };
  const { from, to } = choice.value;
  const middle = (range.from + range.to) / 2;
  const zoom = (factor: number) => choose(zoomed(range, middle, factor, newest));
  const isWhole = from === undefined && to === undefined;
  return (
    <div class="charts-toolbar">
      <p class="range-text" role="status">
        Ticks {whole(range.from)} to {whole(range.to)}
        {isLive(choice.value) ? ', live' : ''}
      </p>
      <fieldset aria-label="Shown range">
        <button type="button" aria-pressed={isWhole} onClick={() => choose(WHOLE_LIFE)}>
          Whole life
        </button>
        {WINDOWS.filter((ticks) => ticks < newest).map((ticks) => (
          <button
            key={ticks}
            type="button"
            aria-pressed={to === undefined && from === -ticks}
            onClick={() => choose(newestTicks(ticks))}
          >
            Newest {whole(ticks)}
          </button>
        ))}
        <span class="joined">
          <button
            type="button"
            aria-label="Earlier"
            title="Earlier"
            onClick={() => choose(panned(range, -PAN, newest))}
          >
            ←
          </button>
          <button
            type="button"
            aria-label="Later"
            title="Later"
            onClick={() => choose(panned(range, PAN, newest))}
          >
            →
          </button>
          <button
            type="button"
            aria-label="Fewer ticks"
            title="Fewer ticks"
            onClick={() => zoom(NEARER)}
          >
            +
          </button>
          <button
            type="button"
            aria-label="More ticks"
            title="More ticks"
            onClick={() => zoom(1 / NEARER)}
          >
            −
          </button>
        </span>
      </fieldset>
      <label class="check">
        <input
          type="checkbox"
          checked={isPerCreature.value}
          onChange={(event) => {
            isPerCreature.value = event.currentTarget.checked;
          }}
        />
        Rates by creature
      </label>
      <a
        class="save"
        href={downloadPath('statistics', 'csv', range)}
        download
        title="Population and all other numbers of the shown range; more files are at the end of the page"
      >
        Save as CSV
      </a>
      <p class="cursor-text">
        {tick.value === undefined ? '' : `Values at tick ${whole(tick.value)}`}
      </p>
    </div>
  );
}
