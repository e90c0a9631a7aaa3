import type { CellBlock } from '../cells/cell-block.ts';
import type { LayerView } from './samples.ts';

/** Which cells of a block are sampled: `count` in each of some rows, `step` cells apart. */
export interface SampledRows {
  /** Index of the first. */
  from: number;
  rows: number;
  /** From a row to the next. */
  rowCells: number;
  step: number;
  count: number;
}

/** Whole squares in a row: square k has the samples of columns from + k·side on, of all rows. */
export interface SquareRow {
  /** Of the samples that were taken last. */
  rows: number;
  columns: number;
  from: number;
  side: number;
  /** How many squares. */
  pixels: number;
}

/** Takes samples and draws whole squares from them; what it returns is good until it is called again. */
export interface SquareSampler {
  /** The samples of some cells, as `sampleCells` takes them, row by row. */
  sample(block: CellBlock, view: LayerView, of: SampledRows): Uint32Array;
  /** The pixels of squares of the samples taken last, as `combineSamples` combines them. */
  draw(view: LayerView, squares: SquareRow): Uint32Array;
}
