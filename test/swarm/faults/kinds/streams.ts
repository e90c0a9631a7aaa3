import type { StreamFault } from '../fault-kind.ts';

/** What happens to halos on their streams. */
export const STREAM_FAULTS: readonly StreamFault[] = [
  {
    // In the middle of a frame, before it or right behind it.
    name: 'stream-cut',
    seam: 'stream',
    rate: [0.002, 0.08],
    strike: (fate, draws, bytes) => {
      fate.cutAtBytes = draws.whole(0, bytes);
    },
  },
  {
    name: 'stream-silence',
    seam: 'stream',
    rate: [0.001, 0.02],
    strike: (fate) => {
      fate.isSilent = true;
    },
  },
  {
    name: 'stream-delay',
    seam: 'stream',
    rate: [0.01, 0.5],
    strike: (fate, draws) => {
      fate.delayMs += draws.exponential(100);
    },
  },
];
