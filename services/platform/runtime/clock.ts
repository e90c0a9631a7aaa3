/** Time as the services see it. Monotonic milliseconds decide; wall time is for people only. */
export interface Clock {
  /** Milliseconds of a monotonic clock with any origin. */
  nowMs(): number;
  /** ISO 8601, for logs and records; never compared. */
  wallTime(): string;
  /** Resolves after durationMs; rejects with the signal's reason when it is aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /**
   * Rings after durationMs, never at once. For waits that come by the thousand: a signal made for each of them
   * costs more than all else of a wait.
   *
   * @returns takes it back: then it never rings, though its time may have come. Does nothing once it has rung.
   */
  alarm(durationMs: number, ring: () => void): () => void;
  /** Lets pending I/O and other work run before it resolves. */
  yieldToIo(): Promise<void>;
}

/** The sleep of a clock that has alarms. */
export function sleepBy(
  clock: Pick<Clock, 'alarm'>,
  durationMs: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      takeBack();
      reject(signal?.reason);
    };
    const takeBack = clock.alarm(durationMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
