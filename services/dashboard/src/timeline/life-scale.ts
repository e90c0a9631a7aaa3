/** What of the bar is of the past while events are to come. */
const PAST_SHARE = 0.86;
/** What of the part to come lies before the first event in it. */
const GAP_SHARE = 0.12;

/**
 * Where ticks lie on the bar of a life, from 0 to 1: the past in proportion, what is to come behind it by the
 * logarithm of how far off it is, for an event may be planned a million ticks ahead. Pure.
 */
export class LifeScale {
  readonly now: number;
  readonly #furthest: number;

  /** @param furthest the last tick to come that is shown; no more than `now` if there is none. */
  constructor(now: number, furthest: number) {
    this.now = now;
    this.#furthest = furthest;
  }

  /** Where now is. */
  get nowAt(): number {
    return this.#furthest > this.now ? PAST_SHARE : 1;
  }

  at(tick: number): number {
    if (tick < this.now) return (tick / this.now) * this.nowAt;
    if (tick === this.now || this.#furthest <= this.now) return this.nowAt;
    const share = Math.log1p(tick - this.now) / Math.log1p(this.#furthest - this.now);
    return this.nowAt + (1 - this.nowAt) * Math.min(1, GAP_SHARE + (1 - GAP_SHARE) * share) * 0.97;
  }

  /** The tick of the past at a place of the bar; the newest beyond it. */
  tickAt(place: number): number {
    const share = Math.min(1, Math.max(0, place / this.nowAt));
    return Math.round(share * this.now);
  }
}
