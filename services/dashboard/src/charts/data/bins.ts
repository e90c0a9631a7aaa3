/** The least value of the first bins; from 4 on there are two bins to an octave. */
const FIRST = [0, 1, 2, 3] as const;

/** The least value of a bin of a survey's histogram: 0, 1, 2, 3, 4, 6, 8, 12, 16, 24, … */
export function binFrom(bin: number): number {
  const small = FIRST[bin];
  if (small !== undefined) return small;
  const octave = (bin - FIRST.length) >> 1;
  return (bin % 2 === 0 ? 4 : 6) * 2 ** octave;
}

/** `6 to 7`, or `3` of a bin of one value. */
export function binText(bin: number): string {
  const [from, to] = [binFrom(bin), binFrom(bin + 1) - 1];
  return from === to ? String(from) : `${from} to ${to}`;
}

/** Bins that have something, and all between them: the first and the one after the last. */
export function usedBins(counts: readonly number[]): [from: number, to: number] {
  const from = counts.findIndex((count) => count > 0);
  return from === -1 ? [0, 0] : [from, counts.findLastIndex((count) => count > 0) + 1];
}
