import type { TickRange } from '../../state/range.ts';
import type { RateSample } from '../data/rate-history.ts';
import { type Panel, toldOf } from './panel.ts';

/** How fast the world ticked; it is stored nowhere, so that it is known from when the page was opened. */
export function ratePanel(rates: readonly RateSample[], { from, to }: TickRange): Panel {
  const shown = rates.filter(({ tick }) => tick >= from && tick <= to);
  return {
    id: 'rate',
    title: 'Ticks per second',
    unit: 'since this page was opened',
    ticks: shown.map(({ tick }) => tick),
    lines: [
      {
        key: 'rate',
        label: 'reached',
        colour: '--chart-main',
        values: shown.map(({ ticksPerSecond }) => ticksPerSecond),
      },
    ],
    scale: 'zero',
    told: toldOf(''),
  };
}
