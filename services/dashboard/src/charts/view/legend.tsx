import type { ReadonlySignal, Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Mark } from '../../state/selection.ts';
import { valueNear } from '../data/nearest.ts';
import type { Colour, Drawn, Panel, Series } from '../panels/panel.ts';

interface LegendProps {
  panel: Panel;
  tick: ReadonlySignal<number | undefined>;
  marked: Signal<Mark | undefined>;
}

/** The series of a chart with their values at the cursor. */
export function Legend({ panel, tick, marked }: LegendProps) {
  const { band } = panel;
  const value = (values: Drawn) => told(panel, values, tick.value);
  return (
    <ul class="chart-legend">
      {[...panel.lines, ...(panel.stack ?? [])].map((series) => (
        <li key={series.key} data-series={series.key}>
          <Swatch colour={series.colour} isArea={panel.stack?.includes(series) ?? false} />
          <Name series={series} marked={marked} />
          <output class="value">{value(series.values)}</output>
        </li>
      ))}
      {band?.low.some((low) => typeof low === 'number') && (
        <li data-series="band">
          <Swatch colour={band.colour} isArea isPale />
          <span>{band.label}</span>
          <output class="value">
            {value(band.low)} to {value(band.high)}
          </output>
        </li>
      )}
    </ul>
  );
}

function Name({ series, marked }: { series: Series; marked: Signal<Mark | undefined> }) {
  const { label, marks } = series;
  if (marks === undefined) return <span>{label}</span>;
  return <MarkButton {...{ label, marks, marked }} />;
}

interface MarkButtonProps {
  label: string;
  marks: Mark;
  marked: Signal<Mark | undefined>;
}

/** Marks a kind in the world, or no longer does. */
export function MarkButton({ label, marks, marked }: MarkButtonProps) {
  const isMarked = marked.value?.kind === marks.kind && marked.value.colour === marks.colour;
  return (
    <button
      type="button"
      class="plain"
      aria-pressed={isMarked}
      title={isMarked ? 'No longer mark it in the world' : 'Mark it in the world'}
      onClick={() => {
        marked.value = isMarked ? undefined : marks;
      }}
    >
      {label}
    </button>
  );
}

function told(panel: Panel, values: Drawn, tick: number | undefined): string {
  const value = tick === undefined ? undefined : valueNear(panel.ticks, values, tick);
  return typeof value === 'number' ? panel.told(value) : '–';
}

/** The colour of a series, as a line or an area. */
export function Swatch({
  colour,
  isArea,
  isPale = false,
}: {
  colour: Colour;
  isArea: boolean;
  isPale?: boolean;
}) {
  const box = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    // From script: the page allows no styles in its markup.
    box.current?.style.setProperty('--swatch', colour.startsWith('#') ? colour : `var(${colour})`);
  }, [colour]);
  return (
    <span
      ref={box}
      class={`chart-swatch${isArea ? ' area' : ''}${isPale ? ' pale' : ''}`}
      aria-hidden="true"
    />
  );
}
