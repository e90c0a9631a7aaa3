/** Pixels drawn along a side of those that the screen has: each step has half as many in all as the one before. */
const SHARES = [1, Math.SQRT1_2, 0.5] as const;
/** Drawing may take so much of the 33 ms of a picture: the browser needs the rest to bring it to the screen. */
const MOST_MS = 12;
/** Pictures in a row that decide. A single slow one may be chance. */
const SLOW_IN_A_ROW = 2;
const QUICK_IN_A_ROW = 15;

/**
 * How sharply a view is drawn while it is moved about: as sharply as leaves thirty pictures a second. Graphics cards
 * should draw all pixels of the screen; a processor that draws in place of one takes about as long as there are pixels, and
 * a view that goes with the hand is worth more than sharp edges that pass by. What stands is always drawn sharply.
 *
 * The measure is how long the graphics take, not how often pictures come: these come no oftener than the hand moves.
 */
export class Sharpness {
  #step = 0;
  #slow = 0;
  #quick = 0;

  /** The share of the pixels along a side that is drawn, up to 1. */
  get share(): number {
    return SHARES[this.#step] ?? 1;
  }

  /** A picture of a moving view took the graphics so long, drawn at `share`. */
  took(durationMs: number): void {
    // One step sharper has twice the pixels.
    const isQuick = 2 * durationMs <= MOST_MS;
    this.#slow = durationMs > MOST_MS ? this.#slow + 1 : 0;
    this.#quick = isQuick ? this.#quick + 1 : 0;
    if (this.#slow >= SLOW_IN_A_ROW) this.#go(1);
    else if (this.#quick >= QUICK_IN_A_ROW) this.#go(-1);
  }

  #go(steps: 1 | -1): void {
    this.#step = Math.min(SHARES.length - 1, Math.max(0, this.#step + steps));
    this.#slow = 0;
    this.#quick = 0;
  }
}
