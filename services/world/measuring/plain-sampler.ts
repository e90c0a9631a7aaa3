import type { CellBlock } from '../cells/cell-block.ts';
import { combineSamples, type LayerView, MODE_LAYERS, sampleCells } from './samples.ts';
import type { SampledRows, SquareRow, SquareSampler } from './square-sampler.ts';

/** Samples with nothing but the language. */
export class PlainSampler implements SquareSampler {
  #samples = new Uint32Array(0);
  #drawn = new Uint32Array(0);

  sample(block: CellBlock, view: LayerView, of: SampledRows): Uint32Array {
    const { from, rows, rowCells, step, count } = of;
    if (rows * count > this.#samples.length) this.#samples = new Uint32Array(rows * count);
    for (let row = 0; row < rows; row++) {
      const out = this.#samples.subarray(row * count, (row + 1) * count);
      sampleCells(block, view, { from: from + row * rowCells, step, count }, out);
    }
    return this.#samples.subarray(0, rows * count);
  }

  draw({ layer }: LayerView, squares: SquareRow): Uint32Array {
    if (squares.pixels > this.#drawn.length) this.#drawn = new Uint32Array(squares.pixels);
    const out = this.#drawn.subarray(0, squares.pixels);
    (MODE_LAYERS.has(layer) ? drawModes : drawMeans)(this.#samples, squares, out);
    return out;
  }
}

/** One that counts; beneath it the sum of 16 values of 16 bits. */
const COUNTED = 1 << 20;

function drawMeans(samples: Uint32Array, squares: SquareRow, out: Uint32Array): void {
  const { rows, columns, from, side } = squares;
  for (let k = 0, first = from; k < out.length; k++, first += side) {
    let packed = 0;
    for (let row = 0, at = first; row < rows; row++, at += columns) {
      for (let i = at; i < at + side; i++) {
        const sample = samples[i]! | 0;
        packed += (sample + (COUNTED - 1)) & (-sample >> 31);
      }
    }
    const count = packed >>> 20;
    const twice = (packed & (COUNTED - 1)) * 2 + count;
    out[k] = count === 0 ? 0 : (twice / (2 * count)) | 0;
  }
}

function drawModes(samples: Uint32Array, squares: SquareRow, out: Uint32Array): void {
  const { rows, columns, from, side } = squares;
  const found: number[] = [];
  for (let k = 0, first = from; k < out.length; k++, first += side) {
    let any = 0;
    for (let row = 0, at = first; row < rows; row++, at += columns) {
      for (let i = at; i < at + side; i++) any |= samples[i]!;
    }
    // Mostly all that live in a square are of one kind: then `any` is that.
    let others = 0;
    for (let row = 0, at = first; row < rows; row++, at += columns) {
      for (let i = at; i < at + side; i++) {
        const sample = samples[i]! | 0;
        others |= (sample ^ any) & ((sample | -sample) >> 31);
      }
    }
    if (others !== 0) {
      found.length = 0;
      for (let row = 0, at = first; row < rows; row++, at += columns) {
        for (let i = at; i < at + side; i++) found.push(samples[i]!);
      }
      any = combineSamples('colour', found);
    }
    out[k] = any;
  }
}
