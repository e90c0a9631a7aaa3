import { type BirthFault, type PointFault, someOf, type TimedFault } from '../fault-kind.ts';

/** What happens to processes. */
export const PROCESS_FAULTS: readonly (BirthFault | PointFault | TimedFault)[] = [
  {
    name: 'crash',
    seam: 'point',
    rate: [0.000_05, 0.002],
    strike: (stage, victim) => stage.kill(victim),
  },
  {
    name: 'crash-many',
    seam: 'timed',
    rate: [0.3, 2],
    strike: (stage, draws) => {
      for (const victim of someOf(stage.alive(), draws)) stage.kill(victim);
    },
  },
  {
    name: 'end',
    seam: 'timed',
    rate: [0.5, 5],
    strike: (stage, draws) => {
      const alive = stage.alive();
      if (alive.length > 0) stage.end(draws.pick(alive));
    },
  },
  {
    // It wakes up among those who took it for dead.
    name: 'pause',
    seam: 'timed',
    rate: [0.5, 8],
    strike: (stage, draws) => {
      for (const victim of someOf(stage.alive(), draws, 2)) {
        stage.pause(victim, draws.logBetween(100, 40_000));
      }
    },
  },
  {
    name: 'slow-process',
    seam: 'birth',
    rate: [0.1, 0.9],
    strike: ({ slowness }, draws) => {
      slowness.share = draws.logBetween(0.01, 0.3);
      slowness.mostMs = draws.logBetween(1, 300);
    },
  },
  {
    name: 'wrong-build',
    seam: 'birth',
    rate: [0.05, 0.4],
    strike: (birth, draws) => {
      if (birth.role === 'backend') birth.wrongBuild = draws.pick(['protocol', 'engine']);
    },
  },
  {
    name: 'recycled-address',
    seam: 'birth',
    rate: [0.2, 1],
    strike: (birth) => {
      birth.takesOldAddress = true;
    },
  },
];
