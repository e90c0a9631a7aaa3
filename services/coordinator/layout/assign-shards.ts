/**
 * Assigns shards to backends: runs of equal length (± 1) along a boustrophedon path over the grid of
 * shards, by rows or by columns, whichever cuts fewer borders between backends. Contiguous, balanced,
 * and a pure function of its input. Backends beyond the number of shards get none.
 *
 * @returns the owner's index for every shard, row by row.
 */
export function assignShards(columns: number, rows: number, backends: number): number[] {
  const byRow = alongPath(columns, rows, backends, (step) => {
    const row = Math.floor(step / columns);
    const at = step % columns;
    return row * columns + (row % 2 === 0 ? at : columns - 1 - at);
  });
  const byColumn = alongPath(columns, rows, backends, (step) => {
    const column = Math.floor(step / rows);
    const at = step % rows;
    return (column % 2 === 0 ? at : rows - 1 - at) * columns + column;
  });
  return borders(byColumn, columns, rows) < borders(byRow, columns, rows) ? byColumn : byRow;
}

function alongPath(
  columns: number,
  rows: number,
  backends: number,
  shardAt: (step: number) => number,
): number[] {
  const shards = columns * rows;
  const used = Math.min(backends, shards);
  const owners = new Array<number>(shards).fill(0);
  for (let step = 0; step < shards; step++) {
    owners[shardAt(step)] = Math.floor((step * used) / shards);
  }
  return owners;
}

/** How many edges of the torus lie between shards of two backends. */
function borders(owners: readonly number[], columns: number, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const owner = owners[row * columns + column];
      const right = owners[row * columns + ((column + 1) % columns)];
      const below = owners[((row + 1) % rows) * columns + column];
      count += Number(owner !== right) + Number(owner !== below);
    }
  }
  return count;
}
