import type { Clock } from '../../platform/runtime/clock.ts';
import { ColonyError } from '../../protocol/common/errors.ts';

/**
 * Settles like the work, as long as it makes progress.
 *
 * @throws ColonyError STORE_UNAVAILABLE if there is none for so long; the work goes on then.
 */
export async function progressing<T>(
  work: Promise<T>,
  by: { readonly progress: number },
  stalledMs: number,
  clock: Clock,
): Promise<T> {
  const settled = new AbortController();
  try {
    return await Promise.race([work, stall(by, stalledMs, clock, settled.signal)]);
  } finally {
    settled.abort();
  }
}

/** Rejects once there is no progress any more. */
async function stall(
  by: { readonly progress: number },
  stalledMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<never> {
  for (let before = NaN; by.progress !== before; await clock.sleep(stalledMs, signal)) {
    before = by.progress;
  }
  throw new ColonyError('STORE_UNAVAILABLE', `nothing was written for ${stalledMs} ms`);
}
