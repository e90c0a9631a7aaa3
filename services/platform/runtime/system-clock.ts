import { type Clock, sleepBy } from './clock.ts';

/** The longest that one Node timer can wait. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Time of this machine. */
export class SystemClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallTime(): string {
    return new Date().toISOString();
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy(this, durationMs, signal);
  }

  alarm(durationMs: number, ring: () => void): () => void {
    const endMs = this.nowMs() + durationMs;
    const wait = (waitMs: number) =>
      setTimeout(
        () => {
          const leftMs = endMs - this.nowMs();
          if (leftMs > 0) handle = wait(leftMs);
          else ring();
        },
        Math.min(TIMER_MAX_MS, Math.max(0, Math.ceil(waitMs))),
      );
    let handle = wait(durationMs);
    return () => clearTimeout(handle);
  }

  yieldToIo(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}
