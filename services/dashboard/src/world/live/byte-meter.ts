import { ByteBudget, HOURLY_BYTES } from '../tiles/byte-budget.ts';

/** A first guess at what a picture takes, until one has come. */
const PICTURE_GUESS_BYTES = 60_000;
/** How much the newest picture counts among those before. */
const NEWEST_SHARE = 0.25;

/** Counts what the page receives from the server, whoever asked for it, and holds it to a budget. */
export class ByteMeter {
  readonly #budget: ByteBudget | undefined;
  readonly #observer: PerformanceObserver;
  #pictureBytes = PICTURE_GUESS_BYTES;

  /** @param isPaid false: as much as comes. */
  constructor(isPaid: boolean) {
    this.#budget = isPaid ? new ByteBudget(HOURLY_BYTES, performance.now()) : undefined;
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#count(entry as PerformanceResourceTiming);
    });
    this.#observer.observe({ type: 'resource' });
  }

  /** What the next picture is likely to take. */
  get pictureBytes(): number {
    return this.#pictureBytes;
  }

  /** Milliseconds before so much may be asked for; `isAskedFor`: a person waits for it. */
  waitMs(bytes: number, isAskedFor: boolean): number {
    return this.#budget?.waitMs(bytes, isAskedFor, performance.now()) ?? 0;
  }

  /** Milliseconds between pictures that the budget allows. */
  intervalMs(): number {
    return this.#budget?.intervalMs(this.#pictureBytes) ?? 0;
  }

  stop(): void {
    this.#observer.disconnect();
  }

  #count({ name, transferSize }: PerformanceResourceTiming): void {
    this.#budget?.received(transferSize, performance.now());
    if (!name.includes('/tiles?')) return;
    this.#pictureBytes += NEWEST_SHARE * (transferSize - this.#pictureBytes);
  }
}
