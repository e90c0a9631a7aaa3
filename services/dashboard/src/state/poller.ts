/**
 * Repeats a task, one at a time: it starts every `everyMs`, later if it takes longer, at once when
 * it is woken, and rests while the page is hidden.
 */
export class Poller {
  readonly #task: () => Promise<void>;
  readonly #everyMs: () => number;
  #wake: (() => void) | undefined;
  #woken = false;
  #stopped = false;

  constructor(task: () => Promise<void>, everyMs: () => number) {
    this.#task = task;
    this.#everyMs = everyMs;
  }

  /** Goes on until it is stopped. The task must not throw. */
  async run(): Promise<void> {
    document.addEventListener('visibilitychange', this.wake);
    while (!this.#stopped) {
      const startedMs = performance.now();
      this.#woken = false;
      if (!document.hidden) await this.#task();
      const leftMs = this.#everyMs() - (performance.now() - startedMs);
      if (!this.#woken && !this.#stopped) await this.#rest(Math.max(0, leftMs));
    }
  }

  /** Lets the task start at once, or again as soon as it is done. */
  readonly wake = (): void => {
    this.#woken = true;
    this.#wake?.();
  };

  stop(): void {
    this.#stopped = true;
    document.removeEventListener('visibilitychange', this.wake);
    this.wake();
  }

  #rest(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
