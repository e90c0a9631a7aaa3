import type { PortFault, TimedFault } from '../fault-kind.ts';

/**
 * What the registry lacks, and what it had earlier. Stale entries are there by themselves: those of processes that
 * crashed.
 */
export const REGISTRY_FAULTS: readonly (PortFault | TimedFault)[] = [
  {
    name: 'registry-missing',
    seam: 'port',
    ports: ['registry'],
    methods: ['list'],
    rate: [0.02, 0.5],
    strike: (fate, draws) => {
      const share = draws.fraction();
      fate.alter = (result) => (result as unknown[]).filter(() => !draws.chance(share));
    },
  },
  {
    name: 'registry-stale',
    seam: 'port',
    ports: ['registry'],
    methods: ['list', 'leader'],
    rate: [0.02, 0.5],
    strike: (fate, draws) => {
      fate.alter = (result, past) => (past.length > 0 ? draws.pick(past) : result);
    },
  },
  {
    name: 'registry-entry-lost',
    seam: 'timed',
    rate: [0.5, 6],
    strike: (stage, draws) => {
      const alive = stage.alive();
      if (alive.length > 0) stage.loseEntry(draws.pick(alive));
    },
  },
];
