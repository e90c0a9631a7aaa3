/** Times of what a user waits for, printed when all is done. */
export class Stopwatch {
  readonly #times: [what: string, seconds: number][] = [];

  async time<T>(what: string, step: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const result = await step();
    this.#times.push([what, (performance.now() - startedMs) / 1000]);
    return result;
  }

  toString(): string {
    const width = Math.max(0, ...this.#times.map(([what]) => what.length));
    return this.#times
      .map(([what, seconds]) => `${what.padEnd(width)} ${seconds.toFixed(1).padStart(6)} s`)
      .join('\n');
  }
}
