import type { Signal } from '@preact/signals';
import type { Mark } from '../../state/selection.ts';
import { Hint } from '../../ui/hint.tsx';
import { summaryOf } from '../data/summary.ts';
import { Legend } from './legend.tsx';
import { Plot, type PlotProps } from './plot.tsx';

/** A chart with its name, its values at the cursor, and a summary in words. */
export function Chart({ marked, ...plot }: PlotProps & { marked: Signal<Mark | undefined> }) {
  const { panel, cursor } = plot;
  const titleId = `chart-${panel.id}`;
  const all = [...panel.lines, ...(panel.stack ?? [])];
  const isKnown = all.some(({ values }) => values.some((value) => typeof value === 'number'));
  return (
    <section class="chart" data-chart={panel.id} aria-labelledby={titleId}>
      <header>
        <h2 id={titleId}>
          {panel.title} <small>{panel.unit}</small>
        </h2>
        {panel.hint !== undefined && <Hint about={panel.title} text={panel.hint} />}
      </header>
      {isKnown ? (
        <Plot {...plot} />
      ) : (
        <p class="chart-empty">Nothing is known of this range yet.</p>
      )}
      <Legend panel={panel} tick={cursor.tick} marked={marked} />
      <p class="unseen">
        {all
          .map(({ label, values }) => summaryOf(label, panel.ticks, values, panel.told))
          .join(' ')}
      </p>
    </section>
  );
}
