import type uPlot from 'uplot';
import { axisFigures, magnitude } from '../../../../protocol/common/figures.ts';
import { magnitudesOf } from '../data/magnitudes.ts';
import { topOfShares } from '../data/shares.ts';
import { OTHERS, type Panel } from '../panels/panel.ts';
import { drawnSeries } from '../panels/plot-data.ts';
import type { Palette } from './colours.ts';

/** The same in all charts, so that they stand under each other; CSS pixels. */
const PLOT_LEFT_PX = 54;
const PLOT_RIGHT_PX = 18;
const X_AXIS_PX = 28;
const FONT = '11px system-ui, sans-serif';

/** What a chart does besides drawing its panel. */
export interface PlotHooks {
  drawn(plot: uPlot): void;
  selected(from: number, to: number): void;
  doubleClicked(): void;
}

export function plotOptions(
  panel: Panel,
  size: { width: number; height: number },
  palette: Palette,
  hooks: PlotHooks,
): uPlot.Options {
  return {
    ...size,
    padding: [8, PLOT_RIGHT_PX, 0, 0],
    legend: { show: false },
    scales: { x: { time: false }, y: yScale(panel) },
    axes: axes(panel, palette),
    series: [{}, ...seriesOf(panel, palette)],
    bands: bandsOf(panel, palette),
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: { size: 6, width: 1 },
      bind: {
        dblclick: () => () => {
          hooks.doubleClicked();
          return null;
        },
      },
    },
    hooks: {
      draw: [hooks.drawn],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width === 0) return;
          hooks.selected(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** The powers of ten that a scale of magnitudes has marks at. */
const marksOf = ({ lines }: Panel): number[] => magnitudesOf(lines.flatMap(({ values }) => values));

const shareTop = ({ stack = [] }: Panel): number =>
  topOfShares(stack.filter(({ key }) => key !== OTHERS).map(({ values }) => values));

function yScale(panel: Panel): uPlot.Scale {
  switch (panel.scale) {
    case 'share':
      return { range: () => [0, shareTop(panel)] };
    case 'magnitudes':
      return {
        distr: 4,
        asinh: marksOf(panel)[0] ?? 1,
        range: () => [0, marksOf(panel).at(-1) ?? 1],
      };
    case 'zero':
      return { range: (_, __, max) => [0, max === null || max <= 0 ? 1 : max * 1.08] };
    case 'fit':
      return {};
  }
}

function axes(panel: Panel, palette: Palette): uPlot.Axis[] {
  const common: uPlot.Axis = {
    font: FONT,
    stroke: palette.of('--muted'),
    grid: { stroke: palette.of('--line'), width: 1 },
    ticks: { show: false },
    values: (_, splits) => axisFigures(splits),
  };
  return [
    { ...common, size: X_AXIS_PX, space: 70, gap: 8 },
    { ...common, ...yAxis(panel), size: PLOT_LEFT_PX, space: 28, gap: 6 },
  ];
}

function yAxis(panel: Panel): uPlot.Axis {
  switch (panel.scale) {
    case 'share':
      return {
        values: (_, splits) => splits.map((share) => `${Number((100 * share).toFixed(1))} %`),
      };
    case 'magnitudes':
      return {
        splits: () => [0, ...marksOf(panel)],
        filter: (_, splits) => splits,
        values: (_, splits) => splits.map(magnitudeLabel),
      };
    default:
      return {};
  }
}

/** From 0 to the first power of ten it is less than half as far as to the next: of many, both have no room. */
function magnitudeLabel(value: number, place: number, all: readonly number[]): string {
  return place === 1 && all.length > 4 ? '' : magnitude(value);
}

function seriesOf(panel: Panel, palette: Palette): uPlot.Series[] {
  const stacked = new Set(panel.stack);
  const lines = new Set(panel.lines);
  return drawnSeries(panel).map((series): uPlot.Series => {
    const { label, colour, isDashed } = series;
    const points = { show: false };
    if (stacked.has(series)) {
      // A line of the ground between two areas: kinds may have nearly the same colour.
      return {
        label,
        points,
        width: 0.5,
        stroke: palette.of('--surface'),
        fill: palette.of(colour),
      };
    }
    // The edges of a band.
    if (!lines.has(series)) return { label, points, width: 0, stroke: 'transparent' };
    return {
      label,
      points,
      width: 1.5,
      stroke: palette.of(colour),
      ...(isDashed && { dash: [5, 4] }),
    };
  });
}

function bandsOf({ band, stack }: Panel, palette: Palette): uPlot.Band[] {
  if (band === undefined) return [];
  const high = 1 + (stack?.length ?? 0);
  return [{ series: [high, high + 1], fill: palette.pale(band.colour, 0.18) }];
}
