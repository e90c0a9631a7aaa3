import type { KeptCheckpoint } from '../../protocol/checkpoint/manifest.ts';

/** The newest ones are always kept, as far as the budget allows. */
const NEWEST = 3;
/**
 * Neighbours may be so far apart, as a part of the age of the younger one: 2 ^ (1/6) − 1. Whatever is removed
 * leaves gaps below it, and each two gaps together are above it: 6 to 12 are kept for each doubling of age.
 */
const GAP_SHARE = 2 ** (1 / 6) - 1;

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
  const kept = withinBudget(thinned(checkpoints), budgetBytes);
  const isKept = new Set(kept);
  return { kept, dropped: checkpoints.filter((one) => !isKept.has(one)) };
}

function thinned(checkpoints: readonly KeptCheckpoint[]): KeptCheckpoint[] {
  const newestTick = checkpoints.at(-1)?.tick ?? 0;
  const kept = [...checkpoints];
  // The oldest stays: it has no older neighbour. From the old to the young, so that gaps grow with age.
  for (let i = 1; i < kept.length - NEWEST; ) {
    const [older, younger] = [kept[i - 1], kept[i + 1]] as [KeptCheckpoint, KeptCheckpoint];
    const isClose = younger.tick - older.tick <= GAP_SHARE * (newestTick - younger.tick);
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
