import type { KeptCheckpoint } from '../../protocol/checkpoint/manifest.ts';

/** How densely states are kept. */
export interface Density {
  /** So many of the newest are kept in any case. */
  readonly newest: number;
  /**
   * Neighbours may be so far apart, as a part of the age of the younger one. Whatever is removed leaves gaps below
   * it, and each two gaps together are above it: with 2 ^ (1/n) − 1, n to 2 n are kept for each doubling of age.
   */
  readonly gapShare: number;
}

const CHECKPOINTS: Density = { newest: 3, gapShare: 2 ** (1 / 6) - 1 };

/**
 * Which checkpoints are kept: the newest 3, older ones so that their ages grow geometrically, and of these the
 * newest that fit the budget, at least one. What it keeps is a good input again with the next checkpoint added:
 * so the number grows with the logarithm of the colony's age. Pure.
 *
 * @param checkpoints ascending by tick
 */
export function retain(
  checkpoints: readonly KeptCheckpoint[],
  budgetBytes: number,
): { kept: KeptCheckpoint[]; dropped: KeptCheckpoint[] } {
  const kept = withinBudget(thinned(checkpoints, CHECKPOINTS), budgetBytes);
  const isKept = new Set(kept);
  return { kept, dropped: checkpoints.filter((one) => !isKept.has(one)) };
}

/**
 * What is kept of states, so that their ages grow geometrically. Pure.
 *
 * @param states ascending by tick
 */
export function thinned<T extends { readonly tick: number }>(
  states: readonly T[],
  { newest, gapShare }: Density,
): T[] {
  const newestTick = states.at(-1)?.tick ?? 0;
  const kept = [...states];
  // The oldest stays: it has no older neighbour. From the old to the young, so that gaps grow with age.
  for (let i = 1; i < kept.length - newest; ) {
    const [older, younger] = [kept[i - 1], kept[i + 1]] as [T, T];
    const isClose = younger.tick - older.tick <= gapShare * (newestTick - younger.tick);
    if (isClose) kept.splice(i, 1);
    else i++;
  }
  return kept;
}

/** The last of them that fit the budget together; at least one, where there is any. */
export function withinBudget<T extends { sizeBytes: number }>(
  checkpoints: readonly T[],
  budgetBytes: number,
): T[] {
  let bytes = 0;
  const from = checkpoints.findLastIndex(({ sizeBytes }) => {
    bytes += sizeBytes;
    return bytes > budgetBytes;
  });
  return checkpoints.slice(Math.max(0, Math.min(from + 1, checkpoints.length - 1)));
}
