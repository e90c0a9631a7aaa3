import { columnOf } from '../../../../protocol/series/rates.ts';
import { type Known, type Panel, toldOf } from './panel.ts';

/** How many live, and what they can do. */
export function populationPanel({ statistics }: Known): Panel {
  const line = (key: string, label: string, colour: `--${string}`) => ({
    key,
    label,
    colour,
    values: columnOf(statistics, key),
  });
  return {
    id: 'population',
    title: 'Population',
    unit: 'creatures',
    ticks: statistics.columns.tick,
    lines: [
      line('population', 'all', '--chart-main'),
      line('canMove', 'can move', '--chart-sky'),
      line('canKill', 'can kill', '--chart-vermilion'),
      { ...line('canKillAndMove', 'can do both', '--chart-purple'), isDashed: true },
    ],
    scale: 'zero',
    told: toldOf(''),
  };
}
