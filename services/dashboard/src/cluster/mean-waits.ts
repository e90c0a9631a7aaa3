import type { WaitingView } from '../../../protocol/api/cluster-api.ts';
import type { BackendView } from '../../../protocol/api/public-api.ts';

/** Backends take turns at being the last by a little: for so long they are looked at together. */
const MEAN_OVER_MS = 5_000;

/** By boot id, what backends have waited for lately. */
export type Waits = ReadonlyMap<string, WaitingView>;

/**
 * What backends have waited for on average, what is longer ago counting less (exponential smoothing). Pure.
 *
 * @param before the means at the look before, `elapsedMs` ago; who is not among them begins with what it tells now.
 */
export function meanWaits(
  before: Waits,
  backends: readonly BackendView[],
  elapsedMs: number,
): Waits {
  const newShare = 1 - Math.exp(-elapsedMs / MEAN_OVER_MS);
  return new Map(
    backends.flatMap(({ bootId, waiting }) => {
      if (waiting === null) return [];
      const known = before.get(bootId) ?? waiting;
      const mean = (name: keyof WaitingView) =>
        known[name] + newShare * (waiting[name] - known[name]);
      return [
        [
          bootId,
          {
            halos: mean('halos'),
            horizon: mean('horizon'),
            pace: mean('pace'),
            samples: mean('samples'),
          },
        ],
      ];
    }),
  );
}
