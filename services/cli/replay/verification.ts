import { DIGEST_EVERY_TICKS, type DigestEntry } from '../../protocol/colony/sampling.ts';
import type { RowDifference } from './row-comparison.ts';
import type { LeftOut } from './stored-rows.ts';

/** What a digest of the replay is compared with. */
export interface Expected extends DigestEntry {
  /** Who says so: the log of digests, or the manifest of the checkpoint that is replayed from. */
  readonly by: 'log' | 'manifest';
}

/** The digests to compare with, ascending by tick, or why there are none. */
export type VerifyPlan = { expected: Expected[] } | { problem: string };

export interface VerifyRange {
  /** What the manifest of the checkpoint says that is replayed from. @default genesis */
  from?: DigestEntry | undefined;
  /** The last tick to compare at, not before that of the checkpoint. @default all that are stored */
  to?: number | undefined;
}

/**
 * Which digests to compare with. A replay from a checkpoint is compared with its manifest first, then with what
 * is stored for its tick, if that is one of those that have a digest, and above.
 *
 * @param digests as stored: one for every 100th tick from the first tick on, ascending, without a gap.
 */
export function planVerification(
  digests: readonly DigestEntry[],
  { from, to }: VerifyRange = {},
): VerifyPlan {
  const first = Math.ceil((from?.tick ?? 0) / DIGEST_EVERY_TICKS) * DIGEST_EVERY_TICKS;
  const due = (index: number) => first + index * DIGEST_EVERY_TICKS;
  const stray = digests.findIndex(({ tick }, index) => tick !== due(index));
  if (stray >= 0) {
    return {
      problem:
        `The list of digests has a gap: tick ${due(stray)} expected, ` +
        `tick ${digests[stray]?.tick} found.`,
    };
  }
  const stored = digests.filter(({ tick }) => to === undefined || tick <= to);
  const expected = [
    ...(from === undefined
      ? []
      : [{ tick: from.tick, digest: from.digest, by: 'manifest' as const }]),
    ...stored.map((entry) => ({ ...entry, by: 'log' as const })),
  ];
  return expected.length === 0 ? { problem: 'There is nothing to compare yet.' } : { expected };
}

/** What comparing gave. */
export type Verdict = {
  /** The tick of the checkpoint that was replayed from. @default genesis */
  fromCheckpoint?: number;
  /** Rows that could not be compared. @default none */
  leftOut?: readonly LeftOut[];
} /** `compared` digests, and so many rows of statistics and surveys. */ & (
  | { identical: true; tick: number; compared: number; rows: number }
  | { identical: false; tick: number; stored: string; replayed: string }
  /** The cells of the checkpoint are not those that its manifest speaks of. */
  | { identical: false; tick: number; manifest: string; restored: string }
  | ({ identical: false } & RowDifference)
);

/** One line for people. */
export function verdictText(verdict: Verdict): string {
  const { tick, fromCheckpoint } = verdict;
  const origin = fromCheckpoint === undefined ? '' : `the checkpoint of tick ${fromCheckpoint}`;
  if (verdict.identical) {
    const from = origin === '' ? '' : ` from ${origin}`;
    const compared = `${counted(verdict.compared, 'digest')} and ${counted(verdict.rows, 'row')}`;
    return `bit-identical${from} up to tick ${tick} (${compared} compared)`;
  }
  if ('manifest' in verdict) {
    const { manifest, restored } = verdict;
    return `differs at tick ${tick}: ${origin} has ${manifest} in its manifest, its cells ${restored}`;
  }
  const { stored, replayed } = verdict;
  const from = origin === '' ? '' : ` from ${origin}`;
  const what = 'table' in verdict ? `${verdict.table}, column ${verdict.column}, ` : '';
  return `differs at tick ${tick}: ${what}stored ${stored}, replayed${from} ${replayed}`;
}

/** One line for people. */
export const leftOutText = ({ table, from, to, code, detail }: LeftOut): string =>
  `Not compared: the rows of ${table} from tick ${from} to ${to} (${code}: ${detail}).`;

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;
