import { type CellBlock, type CellRaster, cellIndex } from '../world/cells/cell-block.ts';
import type { CellCopy } from '../world/cells/cell-copy.ts';
import { CELL_FIELDS } from '../world/cells/cell-fields.ts';

/** A job of the kernel's copier, seven words: copies a rectangle of bytes from one address to another. */
type CopyJob = readonly [
  target: number,
  source: number,
  rowBytes: number,
  rows: number,
  targetStride: number,
  sourceStride: number,
  firstRow: number,
];

/**
 * Turns copies of cells into jobs, one per field. All rasters are in the kernel's memory.
 *
 * @param along the block in whose rows the copies begin or end: the jobs are sorted by those rows, so
 * that a sweep over the block can carry them out row by row.
 */
export function jobsOfCopies(copies: readonly CellCopy[], along?: CellBlock): CopyJob[] {
  const jobs = copies.flatMap((copy) => jobsOfCopy(copy, along));
  const firstRow = (job: CopyJob) => job[6];
  return along === undefined ? jobs : jobs.sort((a, b) => firstRow(a) - firstRow(b));
}

function jobsOfCopy(copy: CellCopy, along: CellRaster | undefined): CopyJob[] {
  const { source, target, width, height } = copy;
  const from = cellIndex(source, copy.sourceX, copy.sourceY);
  const to = cellIndex(target, copy.targetX, copy.targetY);
  const y = along === target ? copy.targetY : copy.sourceY;
  const firstRow = along === undefined ? 0 : y + along.halo;
  return CELL_FIELDS[copy.fields ?? 'all'].map(([name, bytes]) => [
    target[name].byteOffset + to * bytes,
    source[name].byteOffset + from * bytes,
    width * bytes,
    height,
    target.stride * bytes,
    source.stride * bytes,
    firstRow,
  ]);
}
