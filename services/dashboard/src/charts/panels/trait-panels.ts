import { columnOf, ratio } from '../../../../protocol/series/rates.ts';
import { spreadOf } from '../data/spread.ts';
import type { Measured } from '../data/tables.ts';
import { type Colour, type Known, mergedTicks, type Panel, spreadOver, toldOf } from './panel.ts';

interface Kind {
  measured: Measured;
  title: string;
  unit: string;
  /** What the sum is divided by. */
  by: 'population' | 'cells';
  colour: Colour;
}

const KINDS: readonly Kind[] = [
  {
    measured: 'size',
    title: 'Size',
    unit: 'mean of the living',
    by: 'population',
    colour: '--chart-blue',
  },
  {
    measured: 'health',
    title: 'Health',
    unit: 'mean of the living',
    by: 'population',
    colour: '--chart-green',
  },
  {
    measured: 'ageTicks',
    title: 'Age',
    unit: 'ticks, mean of the living',
    by: 'population',
    colour: '--chart-purple',
  },
  {
    measured: 'food',
    title: 'Food that lies',
    unit: 'mean of the cells',
    by: 'cells',
    colour: '--chart-orange',
  },
];

/** The means of what is measured, each with one standard deviation to both sides from the surveys. */
export const meanPanels = (known: Known): Panel[] => KINDS.map((kind) => meanPanel(known, kind));

function meanPanel({ statistics, surveys }: Known, kind: Kind): Panel {
  const own = surveys.map(({ tick }) => tick);
  const sums = new Map(
    columnOf(statistics, kind.measured).map((sum, row) => [statistics.columns.tick[row], sum]),
  );
  const spreads = surveys.map(
    ({ tick, survey }) =>
      survey &&
      spreadOf(survey, kind.measured, survey.sums?.[kind.measured] ?? sums.get(tick) ?? null),
  );
  const ticks = mergedTicks(statistics.columns.tick, own);
  const over = (values: (number | null)[]) => spreadOver(ticks, own, values);
  return {
    id: kind.measured,
    title: kind.title,
    unit: kind.unit,
    ticks,
    lines: [
      {
        key: 'mean',
        label: 'mean',
        colour: kind.colour,
        values: spreadOver(
          ticks,
          statistics.columns.tick,
          ratio(statistics, kind.measured, kind.by),
        ),
      },
    ],
    band: {
      // None is less than nothing, however wide they spread.
      low: over(spreads.map((of) => of && Math.max(0, of.mean - of.deviation)).map(orNull)),
      high: over(spreads.map((of) => of && of.mean + of.deviation).map(orNull)),
      colour: kind.colour,
      label: '± one standard deviation',
    },
    scale: 'zero',
    told: toldOf(''),
  };
}

const orNull = (value: number | undefined): number | null => value ?? null;

/** Food that grows each tick. */
export function growingPanel({ statistics }: Known): Panel {
  return {
    id: 'extra-food',
    title: 'Food that grows',
    unit: 'per tick, mean of the cells',
    ticks: statistics.columns.tick,
    lines: [
      {
        key: 'extraFood',
        label: 'mean',
        colour: '--chart-green',
        values: ratio(statistics, 'extraFood', 'cells'),
      },
    ],
    scale: 'zero',
    told: toldOf(''),
  };
}
