/** Time as the services see it. Monotonic milliseconds decide; wall time is for people only. */
export interface Clock {
  /** Milliseconds of a monotonic clock with any origin. */
  nowMs(): number;
  /** ISO 8601, for logs and records; never compared. */
  wallTime(): string;
  /** Resolves after durationMs; rejects with the signal's reason when it is aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Lets pending I/O and other work run before it resolves. */
  yieldToIo(): Promise<void>;
}
