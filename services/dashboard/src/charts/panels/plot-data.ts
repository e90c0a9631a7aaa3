import type { Drawn, Panel, Series } from './panel.ts';

/** What is drawn of a panel: the ticks, then a list of values for each series, in the order of `drawnSeries`. */
export type PlotData = [ticks: number[], ...values: (number | null | undefined)[][]];

/** The series in the order in which they are drawn: the top of the stack first, since areas cover what is below. */
export function drawnSeries(panel: Panel): readonly Series[] {
  const { band } = panel;
  const edges: Series[] =
    band === undefined
      ? []
      : (['high', 'low'] as const).map((key) => ({
          key,
          label: key,
          colour: band.colour,
          values: band[key],
        }));
  return [...(panel.stack ?? []).toReversed(), ...edges, ...panel.lines];
}

/** The values as they are drawn: those of a stack stand on those below. */
export function plotData(panel: Panel): PlotData {
  const heights = new Map<string, Drawn>();
  let below: Drawn = panel.ticks.map(() => 0);
  for (const { key, values } of panel.stack ?? []) {
    const ground = below;
    below = values.map((value, i) => raised(value, ground[i]));
    heights.set(key, below);
  }
  const stacked = new Set(panel.stack);
  return [
    [...panel.ticks],
    ...drawnSeries(panel).map((series) => [
      ...(stacked.has(series) ? (heights.get(series.key) ?? []) : series.values),
    ]),
  ];
}

const raised = (value: number | null | undefined, ground: number | null | undefined) => {
  if (value === undefined || ground === undefined) return undefined;
  return value === null || ground === null ? null : value + ground;
};
