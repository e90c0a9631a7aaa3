import { cellIndex } from '../world/cell-block.ts';
import type { CellCopy } from '../world/cell-copy.ts';
import { RASTER_FIELDS } from '../world/cell-parcel.ts';

/** Six words for the kernel's copier: a rectangle of bytes from one address to another. */
export type CopyJob = readonly [
  target: number,
  source: number,
  rowBytes: number,
  rows: number,
  targetStride: number,
  sourceStride: number,
];

/** Jobs for one copy of cells, a job per field. Both rasters stand in the memory of the kernel. */
export function jobsOfCopy({ source, target, width, height, ...at }: CellCopy): CopyJob[] {
  const from = cellIndex(source, at.sourceX, at.sourceY);
  const to = cellIndex(target, at.targetX, at.targetY);
  return RASTER_FIELDS.map(([name, bytes]) => [
    target[name].byteOffset + to * bytes,
    source[name].byteOffset + from * bytes,
    width * bytes,
    height,
    target.stride * bytes,
    source.stride * bytes,
  ]);
}
