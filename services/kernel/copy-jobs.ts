import { cellIndex, HALO_CELL_BYTES } from '../world/cell-block.ts';
import type { MemoryBlock } from './memory-block.ts';
import type { CellCopy, CellRectangle } from './rectangles.ts';

/** Fields of a packed cell in their order, with the bytes of a value; see `packCells`. */
const PACKED_FIELDS = [
  ['food', 2],
  ['size', 1],
  ['traits', 1],
  ['health', 2],
  ['birth', 2],
  ['colour', 4],
  ['lineage', 4],
] as const;

/** Six words for the kernel's copier: a rectangle of bytes from one address to another. */
export type CopyJob = readonly [
  target: number,
  source: number,
  rowBytes: number,
  rows: number,
  targetStride: number,
  sourceStride: number,
];

/** Jobs for one copy of cells, a job per field. */
export function jobsOfCopy(copy: CellCopy, source: MemoryBlock, target: MemoryBlock): CopyJob[] {
  const from = cellIndex(copy.source, copy.sourceX, copy.sourceY);
  const to = cellIndex(copy.target, copy.targetX, copy.targetY);
  return PACKED_FIELDS.map(([name, bytes]) => [
    target.fields[name] + to * bytes,
    source.fields[name] + from * bytes,
    copy.width * bytes,
    copy.height,
    copy.target.stride * bytes,
    copy.source.stride * bytes,
  ]);
}

/** Jobs that pack rectangles one after the other at an address, or unpack them from there. */
export function jobsOfPacking(
  direction: 'pack' | 'unpack',
  rectangles: readonly CellRectangle[],
  memoryBlockOf: (rectangle: CellRectangle) => MemoryBlock,
  address: number,
): CopyJob[] {
  const jobs: CopyJob[] = [];
  for (const rectangle of rectangles) {
    const { block, x, y, width, height } = rectangle;
    const { fields } = memoryBlockOf(rectangle);
    const cell = cellIndex(block, x, y);
    let packed = address;
    for (const [name, bytes] of PACKED_FIELDS) {
      const unpacked = fields[name] + cell * bytes;
      const rowBytes = width * bytes;
      const stride = block.stride * bytes;
      jobs.push(
        direction === 'pack'
          ? [packed, unpacked, rowBytes, height, rowBytes, stride]
          : [unpacked, packed, rowBytes, height, stride, rowBytes],
      );
      packed += rowBytes * height;
    }
    address += width * height * HALO_CELL_BYTES;
  }
  return jobs;
}
