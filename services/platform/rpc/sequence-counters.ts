const TARGETS_MAX = 8192;

/**
 * Sequence numbers of calls, counted for each target, so that a receiver sees them without gaps
 * and its replay window (rpc-auth.ts) holds however many targets the sender has. Bounded: when a
 * target's counter is forgotten, new ones begin above it, so that no number is given twice.
 */
export class SequenceCounters {
  readonly #next = new Map<string, number>();
  readonly #targetsMax: number;
  #floor = 0;

  constructor(targetsMax = TARGETS_MAX) {
    this.#targetsMax = targetsMax;
  }

  next(target: string): number {
    const sequence = this.#next.get(target) ?? this.#floor;
    this.#next.delete(target);
    this.#next.set(target, sequence + 1);
    if (this.#next.size > this.#targetsMax) {
      const [oldest] = this.#next;
      if (oldest !== undefined) {
        this.#next.delete(oldest[0]);
        this.#floor = Math.max(this.#floor, oldest[1]);
      }
    }
    return sequence;
  }
}
