/**
 * Repeats a task, one at a time: it starts every `everyMs`, later if it takes longer, at once when
 * it is woken, and rests while the page is hidden.
 */
export class Poller {
  readonly #task: () => Promise<void>;
  readonly #everyMs: () => number;
  #wake: (() => void) | undefined;
  #woken = false;

  constructor(task: () => Promise<void>, everyMs: () => number) {
    this.#task = task;
    this.#everyMs = everyMs;
    document.addEventListener('visibilitychange', () => this.wake());
  }

  /** The task must not throw. */
  async run(): Promise<never> {
    for (;;) {
      const startedMs = performance.now();
      this.#woken = false;
      if (!document.hidden) await this.#task();
      const leftMs = this.#everyMs() - (performance.now() - startedMs);
      if (!this.#woken) await this.#rest(Math.max(0, leftMs));
    }
  }

  /** Lets the task start at once, or again as soon as it is done. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
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
