/** So old may be what a replica of a store answers that lags behind. */
const LAG_MOST_MS = 30_000;

/** What a store has answered lately, to anybody, as a replica that lags behind may answer once more. */
export class PastAnswers {
  readonly #nowMs: () => number;
  readonly #byCall = new Map<string, { atMs: number; answer: unknown }[]>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  add(call: string, answer: unknown): void {
    this.#byCall.set(call, [...this.#recent(call), { atMs: this.#nowMs(), answer }]);
  }

  /** Those of the same call, oldest first. */
  of(call: string): unknown[] {
    return this.#recent(call).map(({ answer }) => answer);
  }

  #recent(call: string) {
    const sinceMs = this.#nowMs() - LAG_MOST_MS;
    return (this.#byCall.get(call) ?? []).filter(({ atMs }) => atMs >= sinceMs);
  }
}
