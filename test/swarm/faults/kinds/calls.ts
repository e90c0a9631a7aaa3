import type { CallFault } from '../fault-kind.ts';

/** What happens to calls between processes, and to those of clients. */
export const CALL_FAULTS: readonly CallFault[] = [
  {
    name: 'loss',
    seam: 'call',
    rate: [0.005, 0.3],
    strike: (fate) => {
      fate.isLost = true;
    },
  },
  {
    name: 'answer-loss',
    seam: 'call',
    rate: [0.005, 0.3],
    strike: (fate) => {
      fate.isAnswerLost = true;
    },
  },
  {
    name: 'delay',
    seam: 'call',
    rate: [0.01, 0.8],
    strike: (fate, draws) => {
      fate.delayMs += draws.exponential(150);
      fate.answerDelayMs += draws.exponential(150);
    },
  },
  {
    // So late that others overtake it, and that nobody waits for it any more.
    name: 'reordering',
    seam: 'call',
    rate: [0.005, 0.15],
    strike: (fate, draws) => {
      fate.delayMs += draws.logBetween(300, 40_000);
    },
  },
  {
    name: 'duplication',
    seam: 'call',
    rate: [0.01, 0.3],
    strike: (fate, draws) => {
      fate.againMs = draws.logBetween(0.1, 20_000);
    },
  },
  {
    name: 'refusal',
    seam: 'call',
    rate: [0.002, 0.05],
    strike: (fate) => {
      fate.isRefused = true;
    },
  },
];
