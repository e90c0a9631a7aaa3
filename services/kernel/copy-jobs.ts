import { type CellBlock, type CellRaster, cellIndex } from '../world/cells/cell-block.ts';
import type { CellCopy } from '../world/cells/cell-copy.ts';
import { CELL_FIELDS } from '../world/cells/cell-fields.ts';

/** Seven words for the kernel's copier: a rectangle of bytes from one address to another. */
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
 * Jobs for copies of cells, a job per field. All rasters stand in the memory of the kernel.
 *
 * @param along the block in whose rows the copies begin or end: then they are sorted by these, to be
 * made along with a sweep over them.
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
