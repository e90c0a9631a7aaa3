import { countedIn, type Measured, type Survey } from './tables.ts';

export interface Spread {
  mean: number;
  /** The standard deviation of all of them, not of a sample. */
  deviation: number;
}

/**
 * Mean and spread of a trait of the living, or of the food of cells; undefined where there are none, or the sum is not known.
 *
 * @param sum of the values that the survey is of
 */
export function spreadOf(
  survey: Survey,
  measured: Measured,
  sum: number | null | undefined = survey.sums?.[measured],
): Spread | undefined {
  const count = countedIn(survey, measured);
  if (count === 0 || sum === null || sum === undefined) return undefined;
  // In integers: what is left of the difference of two large numbers would be noise.
  const n = BigInt(count);
  const variance = Number(n * BigInt(survey.squares[measured]) - BigInt(sum) ** 2n);
  return { mean: sum / count, deviation: Math.sqrt(Math.max(0, variance)) / count };
}
