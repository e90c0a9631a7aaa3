/** Carries out a task for the newest wish alone: of wishes that follow each other quickly, the last. */
export class NewestOnly {
  readonly #settleMs: number;
  #wishedAtMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #underWay: AbortController | undefined;

  /** @param settleMs a wish that comes so soon after the one before waits as long for the next */
  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /**
   * Carries out this task in place of the one before, which is broken off.
   *
   * @param task must not throw; once its signal is aborted, nobody waits for what comes of it
   */
  wish(task: (signal: AbortSignal) => Promise<void>): void {
    this.cancel();
    const nowMs = performance.now();
    const isSoon = nowMs - this.#wishedAtMs < this.#settleMs;
    this.#wishedAtMs = nowMs;
    this.#underWay = new AbortController();
    const { signal } = this.#underWay;
    if (isSoon) this.#timer = setTimeout(() => void task(signal), this.#settleMs);
    else void task(signal);
  }

  /** Breaks off what is under way. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#underWay?.abort();
  }
}
