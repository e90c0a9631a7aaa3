/**
 * The powers of ten from the one below the least value above 0 to the one above the largest; below the first a scale of
 * magnitudes goes evenly to 0.
 */
export function magnitudesOf(values: Iterable<number | null | undefined>): number[] {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const value of values) {
    if (value === null || value === undefined || value <= 0) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (most === 0) return [1];
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return Array.from({ length: Math.max(1, to - from + 1) }, (_, i) => 10 ** (from + i));
}
