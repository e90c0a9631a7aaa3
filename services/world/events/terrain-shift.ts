/**
 * What all changes of extraFood since the terrain was written do to it together. Each adds an amount and
 * keeps within 0 and EXTRA_FOOD_MAX; any number of such steps, one after another, is one of this form:
 *
 *     x ↦ min(most, max(least, x + amount))
 */
export interface TerrainShift {
  readonly amount: number;
  readonly least: number;
  readonly most: number;
}

/** The most extraFood that a cell can have. */
export const EXTRA_FOOD_MAX = 255;

/** That of a terrain as it was written. */
export const NO_SHIFT: TerrainShift = Object.freeze({ amount: 0, least: 0, most: EXTRA_FOOD_MAX });

/** The shift, once extraFood has changed everywhere by one more amount. */
export function shiftAfter(before: TerrainShift, amount: number): TerrainShift {
  const within = (value: number): number => clamp(value, 0, EXTRA_FOOD_MAX);
  return {
    // Nothing is lost: by EXTRA_FOOD_MAX or more, every cell is at one of the two ends anyway.
    amount: clamp(before.amount + amount, -EXTRA_FOOD_MAX, EXTRA_FOOD_MAX),
    least: within(before.least + amount),
    most: within(before.most + amount),
  };
}

/** The extraFood of a cell whose terrain was written with `value`. */
export const shifted = (value: number, { amount, least, most }: TerrainShift): number =>
  clamp(value + amount, least, most);

const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value));
