import { PER_CREATURES_TICKS, perCreature, perTick } from '../../../../protocol/series/rates.ts';
import type { Value } from '../data/tables.ts';
import { type Colour, type Known, type Panel, type Series, toldOf } from './panel.ts';

const DEATHS: readonly (readonly [name: string, label: string, colour: Colour])[] = [
  ['deathsStarved', 'starved', '--chart-orange'],
  ['deathsKilled', 'killed', '--chart-vermilion'],
  ['deathsAccident', 'accident', '--chart-sky'],
  ['deathsExtinct', 'extinction', '--chart-purple'],
  ['deathsOverwritten', 'overwritten', '--chart-grey'],
];

/** What creatures that an event makes take the place of, and what it wipes: only where it happened. */
const RARE: ReadonlySet<string> = new Set(['deathsExtinct', 'deathsOverwritten', 'created']);

/** Births, and deaths by their causes on each other. */
export function birthsAndDeathsPanel(known: Known): Panel {
  const { statistics, isPerCreature } = known;
  const series = seriesOf(known);
  return {
    id: 'births-deaths',
    title: 'Births, and deaths by cause',
    unit: unitOf(isPerCreature),
    ticks: statistics.columns.tick,
    lines: [
      series('births', 'births', '--chart-green'),
      ...shownOf([{ ...series('created', 'made by an event', '--chart-blue'), isDashed: true }]),
    ],
    stack: shownOf(DEATHS.map(([name, label, colour]) => series(name, label, colour))),
    scale: 'zero',
    told: toldOf(''),
  };
}

/** What creatures do. Moves are many times as many as kills: each step upwards is ten times as much. */
export function deedsPanel(known: Known): Panel {
  const series = seriesOf(known);
  return {
    id: 'deeds',
    title: 'Moves, kills, mutations',
    unit: unitOf(known.isPerCreature),
    ticks: known.statistics.columns.tick,
    lines: [
      series('moves', 'moves', '--chart-sky'),
      series('deathsKilled', 'kills', '--chart-vermilion'),
      series('mutations', 'mutations', '--chart-purple'),
    ],
    scale: 'magnitudes',
    told: toldOf(''),
  };
}

const seriesOf =
  ({ statistics, isPerCreature }: Known) =>
  (key: string, label: string, colour: Colour): Series => ({
    key,
    label,
    colour,
    values: isPerCreature ? perCreature(statistics, key) : perTick(statistics, key),
  });

const shownOf = (series: readonly Series[]): Series[] =>
  series.filter(({ key, values }) => !RARE.has(key) || (values as Value[]).some((value) => value));

const unitOf = (isPerCreature: boolean): string =>
  isPerCreature ? `in ${PER_CREATURES_TICKS} ticks of a creature` : 'per tick';
