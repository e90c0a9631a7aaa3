import { DIGEST_EVERY_TICKS, type DigestEntry } from '../../protocol/colony/sampling.ts';

/** The digests that can be compared, or why none can. */
export type VerifyPlan = { entries: DigestEntry[] } | { problem: string };

/**
 * Which stored digests to compare.
 *
 * @param digests as stored: one for every 100th tick from 0, ascending, without a gap.
 * @param toTick the last tick to compare at; undefined: all that are stored.
 */
export function planVerification(digests: DigestEntry[], toTick?: number): VerifyPlan {
  const stray = digests.findIndex((entry, i) => entry.tick !== i * DIGEST_EVERY_TICKS);
  if (stray >= 0) {
    return {
      problem:
        `The list of digests has a gap: tick ${stray * DIGEST_EVERY_TICKS} expected, ` +
        `tick ${digests[stray]?.tick} found.`,
    };
  }
  const entries = digests.filter(({ tick }) => toTick === undefined || tick <= toTick);
  return entries.length === 0 ? { problem: 'There is nothing to compare yet.' } : { entries };
}

/** What comparing gave. */
export type Verdict =
  | { identical: true; tick: number; compared: number }
  | { identical: false; tick: number; stored: string; replayed: string };

/** One line for people. */
export function verdictText(verdict: Verdict): string {
  if (verdict.identical) {
    const digests = verdict.compared === 1 ? 'digest' : 'digests';
    return `bit-identical up to tick ${verdict.tick} (${verdict.compared} ${digests} compared)`;
  }
  const { tick, stored, replayed } = verdict;
  return `differs at tick ${tick}: stored ${stored}, replayed ${replayed}`;
}
