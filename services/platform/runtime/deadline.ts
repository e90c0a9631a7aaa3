import type { Clock } from './clock.ts';

/** Given as a reason, since the default one is an exception with a stack, made once per wait. */
const OVER = 'over';

/**
 * Waits for work, but not for long; the work goes on.
 *
 * @param signal ends the waiting once it is aborted, as the time does.
 * @returns whether the work was done in time.
 * @throws what the work throws in time; afterwards nobody hears of it here.
 */
export async function isDoneWithin(
  clock: Clock,
  durationMs: number,
  work: Promise<unknown>,
  signal?: AbortSignal,
): Promise<boolean> {
  return beforeDeadline(clock, durationMs, { signal }, async (over) => {
    try {
      await unlessAborted(work, over);
      return true;
    } catch (error) {
      if (over.aborted) return false;
      throw error;
    }
  });
}

/**
 * Does work with a signal that is aborted after so long, or with another one.
 *
 * @param o.reason of the abort by time. @default nothing that says anything
 * @param o.signal aborts it too, with its own reason.
 */
export async function beforeDeadline<T>(
  clock: Clock,
  durationMs: number,
  o: { reason?: Error | undefined; signal?: AbortSignal | undefined },
  work: (over: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const { reason = OVER, signal } = o;
  // Joins no signals by AbortSignal.any: each join stays with a signal that outlives it.
  const end = () => over.abort(signal?.reason);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  const silence = clock.alarm(durationMs, () => over.abort(reason));
  try {
    return await work(over.signal);
  } finally {
    silence();
    signal?.removeEventListener('abort', end);
  }
}

/** Settles like the work, or rejects with the signal's reason as soon as that is aborted; the work goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
