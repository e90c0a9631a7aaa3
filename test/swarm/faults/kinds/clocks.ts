import type { BirthFault, TimedFault } from '../fault-kind.ts';

const HOUR_MS = 3_600_000;

/** What clocks show: their wall time is anybody's guess, and they do not go alike. */
export const CLOCK_FAULTS: readonly (BirthFault | TimedFault)[] = [
  {
    name: 'clock-skew',
    seam: 'birth',
    rate: [0.3, 1],
    strike: ({ clock }, draws) => {
      clock.skewMs = draws.between(-HOUR_MS, HOUR_MS);
      clock.originMs = draws.between(0, 1_000 * HOUR_MS);
    },
  },
  {
    name: 'clock-drift',
    seam: 'birth',
    rate: [0.3, 1],
    strike: ({ clock }, draws) => {
      clock.rate = draws.between(0.95, 1.05);
    },
  },
  {
    name: 'clock-jump',
    seam: 'timed',
    rate: [0.5, 10],
    strike: (stage, draws) => {
      const alive = stage.alive();
      if (alive.length > 0) stage.jumpClock(draws.pick(alive), draws.between(-HOUR_MS, HOUR_MS));
    },
  },
];
