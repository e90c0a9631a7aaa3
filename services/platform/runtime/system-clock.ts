import type { Clock } from './clock.ts';

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

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    const endMs = this.nowMs() + durationMs;
    do {
      await timer(Math.min(TIMER_MAX_MS, endMs - this.nowMs()), signal);
    } while (this.nowMs() < endMs);
  }

  yieldToIo(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

function timer(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(handle);
      reject(signal?.reason);
    };
    const handle = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      Math.max(0, Math.ceil(durationMs)),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
