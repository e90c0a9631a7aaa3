/** Two values that are further apart than this are not joined. */
const GAP_MS = 45_000;

/**
 * The paths of a line through values; a gap where one is not known. Pure.
 *
 * @param atMs one for each value, rising.
 * @param box in pixels; `top` is the value at its upper edge, 0 is at the lower one.
 */
export function sparkPaths(
  values: readonly (number | null)[],
  atMs: readonly number[],
  { width, height, top }: { width: number; height: number; top: number },
): string[] {
  const [firstMs = 0] = atMs;
  const spanMs = Math.max(1, (atMs.at(-1) ?? 0) - firstMs);
  const paths: string[] = [];
  let beforeMs: number | undefined;
  for (const [i, value] of values.entries()) {
    const ms = atMs[i] ?? 0;
    if (value === null) {
      beforeMs = undefined;
      continue;
    }
    const x = 1 + ((ms - firstMs) / spanMs) * (width - 2);
    const y = 1 + (1 - Math.min(1, Math.max(0, value / top))) * (height - 2);
    const point = `${x.toFixed(1)} ${y.toFixed(1)}`;
    if (beforeMs !== undefined && ms - beforeMs <= GAP_MS) paths[paths.length - 1] += `L${point}`;
    // A single value shows as a dot.
    else paths.push(`M${point}h0.01`);
    beforeMs = ms;
  }
  return paths;
}
