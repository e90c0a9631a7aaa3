/** Something that will happen. */
export interface Timer {
  readonly atMs: number;
  readonly sequence: number;
  /** undefined once it has happened or was called off. */
  happen: (() => void) | undefined;
}

const isBefore = (a: Timer, b: Timer): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);

/** Lets everything run that waits for promises, until nothing but timers is left. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The virtual time of a run: a heap of what will happen. One thing happens at a time, and whatever it sets
 * going runs until it waits, before the next thing happens. So the order of a run is that of its timers, and
 * no promise of one process can overtake one of another, however many turns an engine gives them.
 */
export class Timeline {
  readonly #heap: Timer[] = [];
  #nowMs = 0;
  #sequence = 0;
  #happened = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many things have happened. */
  get happened(): number {
    return this.#happened;
  }

  after(delayMs: number, happen: () => void): Timer {
    const timer: Timer = {
      atMs: this.#nowMs + Math.max(0, delayMs),
      sequence: this.#sequence++,
      happen,
    };
    this.#rise(this.#heap.push(timer) - 1, timer);
    return timer;
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Moves on until the time or until the condition holds, whichever comes first; says whether it held. */
  async runUntil(endMs: number, isOver: () => boolean): Promise<boolean> {
    await settled();
    while (!isOver()) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > endMs) {
        this.#nowMs = Math.max(this.#nowMs, endMs);
        return false;
      }
      this.#takeFirst();
      const { happen } = next;
      if (happen === undefined) continue;
      next.happen = undefined;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#happened++;
      happen();
      await settled();
    }
    return true;
  }

  #rise(from: number, timer: Timer): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!isBefore(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #takeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer))
        child++;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[at] = heap[child] as Timer;
      at = child;
    }
    heap[at] = last;
  }
}
