/** The index of the value nearest to `wanted` in rising values; undefined where there are none. */
export function nearestIndex(values: readonly number[], wanted: number): number | undefined {
  if (values.length === 0) return undefined;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const [before, here] = [values[low - 1], values[low] ?? 0];
  return before !== undefined && wanted - before <= here - wanted ? low - 1 : low;
}

/** The value of a series at the row nearest to a tick that has one; undefined: no value. */
export function valueNear(
  ticks: readonly number[],
  values: readonly (number | null | undefined)[],
  tick: number,
): number | null | undefined {
  const index = nearestIndex(ticks, tick);
  if (index === undefined) return undefined;
  for (let off = 0; off < ticks.length; off++) {
    const [before, behind] = [values[index - off], values[index + off]];
    if (before !== undefined) return before;
    if (behind !== undefined) return behind;
  }
  return undefined;
}
