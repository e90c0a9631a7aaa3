import type { Measured, Survey } from './tables.ts';

export interface Spread {
  mean: number;
  /** The standard deviation of all of them, not of a sample. */
  deviation: number;
}

/** Mean and spread of a trait of the living, or of the food of cells; undefined where there are none. */
export function spreadOf(survey: Survey, measured: Measured): Spread | undefined {
  const count = measured === 'food' ? survey.cells : survey.population;
  if (count === 0) return undefined;
  const sum = survey.sums[measured];
  // In integers: what is left of the difference of two large numbers would be noise.
  const n = BigInt(count);
  const variance = Number(n * BigInt(survey.squares[measured]) - BigInt(sum) ** 2n);
  return { mean: sum / count, deviation: Math.sqrt(Math.max(0, variance)) / count };
}
