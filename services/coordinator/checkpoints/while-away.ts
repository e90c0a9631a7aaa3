import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { unlessAborted } from '../../platform/runtime/deadline.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { isStoreUnavailable } from '../../protocol/common/errors.ts';

const RETRY = { firstMs: 250, mostMs: 5_000 };

/**
 * Tries again for as long as a store does not answer. Ends with the signal though the work may hang: it goes on.
 *
 * @throws what else the work throws; the signal's reason.
 */
export async function againWhileAway<T>(
  parts: { clock: Clock; randomness: Randomness },
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const backoff = new Backoff(parts, RETRY);
  for (;;) {
    if (signal.aborted) throw signal.reason;
    try {
      return await unlessAborted(work(), signal);
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error;
      await backoff.pause(signal);
    }
  }
}
