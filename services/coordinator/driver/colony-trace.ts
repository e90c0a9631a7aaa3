import type { OpenSpan, SpanAttributes, Tracing } from '../../platform/observability/tracing.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Ticker } from '../ticking/ticker.ts';

const LOOK_EVERY_MS = 250;

/**
 * The span of a start or of a recovery, from what led to it until the colony ticks. It outlives the scopes of the
 * leader's work: one ends when the record shows the start.
 */
export class ColonyTrace {
  readonly #tracing: Tracing | undefined;
  readonly #clock: Clock;
  #open: OpenSpan | undefined;

  constructor({ tracing, clock }: { tracing?: Tracing | undefined; clock: Clock }) {
    this.#tracing = tracing;
    this.#clock = clock;
  }

  /** Of what goes on; undefined while nothing does. */
  get traceparent(): string | undefined {
    return this.#open?.traceparent;
  }

  /** Begins one, unless one goes on: a start that is tried again is one start. */
  begin(name: string, attributes: SpanAttributes, parent?: string): void {
    this.#open ??= this.#tracing?.begin(name, attributes, parent);
  }

  end(error?: unknown): void {
    this.#open?.end(error);
    this.#open = undefined;
  }

  /** Runs work as a part of what goes on. */
  async part<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T> {
    if (this.#tracing === undefined || this.#open === undefined) return work();
    const span = this.#tracing.begin(name, attributes, this.#open.traceparent);
    try {
      const result = await this.#tracing.within(span.traceparent, work);
      span.end();
      return result;
    } catch (error) {
      span.end(error);
      throw error;
    }
  }

  /** Ends it once all backends tick and what was lost is computed again; looks as long as the signal is not aborted. */
  async followToTicking(
    ticker: Pick<Ticker, 'tick' | 'replay'>,
    ended: AbortSignal,
  ): Promise<void> {
    if (this.#tracing === undefined || this.#open === undefined) return;
    let replaying: OpenSpan | undefined;
    while (!ended.aborted && (ticker.tick === undefined || ticker.replay !== undefined)) {
      if (replaying === undefined && ticker.replay !== undefined) {
        const { fromTick, toTick } = ticker.replay;
        replaying = this.#tracing.begin('replay', { fromTick, toTick }, this.#open?.traceparent);
      }
      await this.#clock.sleep(LOOK_EVERY_MS, ended).catch(() => undefined);
    }
    const lost = ended.aborted ? new Error('it was lost again, or its leader was') : undefined;
    replaying?.end(lost);
    // One that is lost again goes on with the next recovery.
    if (lost === undefined) this.end();
  }
}
