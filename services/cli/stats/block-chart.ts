/** Eighths of a line, from the ground up. */
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * Values as columns of blocks from 0 to the largest, for a terminal. Where there are more values than columns, a column
 * is the mean of its values; where nothing is known it is empty.
 *
 * @param rows lines that it is high
 * @returns the lines, top first, each `columns` wide or as wide as there are values
 */
export function blockChart(
  values: readonly (number | null)[],
  columns: number,
  rows = 1,
): string[] {
  const means = columnMeans(values, columns);
  const top = Math.max(0, ...means.map((mean) => mean ?? 0));
  const eighths = means.map((mean) => {
    if (mean === null) return 0;
    // What is there is seen, however little it is.
    return top === 0 ? 1 : Math.max(1, Math.round((mean / top) * rows * 8));
  });
  return Array.from({ length: rows }, (_, line) => {
    const ground = (rows - 1 - line) * 8;
    return eighths.map((height) => BLOCKS[Math.max(0, Math.min(8, height - ground))]).join('');
  });
}

function columnMeans(values: readonly (number | null)[], columns: number): (number | null)[] {
  const width = Math.min(columns, values.length);
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * values.length) / width);
    const to = Math.floor(((column + 1) * values.length) / width);
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  });
}
