import { someOf, type TimedFault } from '../fault-kind.ts';

/** Who does not reach whom. */
export const PARTITION_FAULTS: readonly TimedFault[] = [
  {
    name: 'partition',
    seam: 'timed',
    rate: [0.5, 4],
    strike: (stage, draws) => {
      const alive = stage.alive();
      const these = someOf(alive, draws);
      const those = alive.filter((victim) => !these.includes(victim));
      const durationMs = draws.logBetween(200, 30_000);
      stage.cut(these, those, durationMs);
      stage.cut(those, these, durationMs);
    },
  },
  {
    name: 'one-way-partition',
    seam: 'timed',
    rate: [0.5, 4],
    strike: (stage, draws) => {
      const alive = stage.alive();
      const these = someOf(alive, draws, 3);
      const those = someOf(
        alive.filter((victim) => !these.includes(victim)),
        draws,
      );
      stage.cut(these, those, draws.logBetween(200, 30_000));
    },
  },
];
