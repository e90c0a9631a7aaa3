import { type CellBlock, cellIndex } from '../cells/cell-block.ts';
import { LAYER_BYTES, type Layer } from './layers.ts';
import { PlainSampler } from './plain-sampler.ts';
import { combineSamples, type LayerView, MODE_LAYERS } from './samples.ts';
import type { SharedSamples } from './shared-samples.ts';
import type { SquareSampler } from './square-sampler.ts';

/** Cells that are looked at in a square, each way: most of a mean; the most frequent of a few is no worse. */
const MEAN_SIDE = 4;
const MODE_SIDE = 2;

/** A rectangle of pixels, counted from the world's first. */
export interface PixelArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * At zoom z a pixel shows a square of 2^z × 2^z cells. Cells with the global coordinates (i·step, j·step)
 * are looked at: all of a small square, 16 or 4 of a large one, and fewer of one that the world's edge
 * crops.
 */
interface SampleGrid {
  /** Samples in a square, each way. */
  side: number;
  /** Cells from one to the next. */
  step: number;
}

function sampleGrid(layer: Layer, zoom: number): SampleGrid {
  const side = Math.min(MODE_LAYERS.has(layer) ? MODE_SIDE : MEAN_SIDE, 2 ** zoom);
  return { side, step: 2 ** zoom / side };
}

/** Samples in a range of cells on one axis, numbered from the world's first. */
const samplesIn = (start: number, length: number, step: number): [first: number, end: number] => [
  Math.ceil(start / step),
  Math.ceil((start + length) / step),
];

/** The pixels, on one axis, that have a sample in a range of cells. */
function pixelsIn(
  start: number,
  length: number,
  { side, step }: SampleGrid,
): [first: number, end: number] {
  const [first, end] = samplesIn(start, length, step);
  return first === end ? [0, 0] : [Math.floor(first / side), Math.ceil(end / side)];
}

/** The pixels of an area that have a sample in a rectangle of cells; undefined if there are none. */
export function pixelsWithin(
  cells: PixelArea,
  { layer, zoom }: { layer: Layer; zoom: number },
  area: PixelArea,
): PixelArea | undefined {
  const grid = sampleGrid(layer, zoom);
  const [left, right] = pixelsIn(cells.x, cells.width, grid);
  const [top, bottom] = pixelsIn(cells.y, cells.height, grid);
  const x = Math.max(left, area.x);
  const y = Math.max(top, area.y);
  const width = Math.min(right, area.x + area.width) - x;
  const height = Math.min(bottom, area.y + area.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** An image of a part of the world, its pixels row by row. */
export interface PixelImage extends PixelArea {
  pixels: Uint8Array | Uint16Array | Uint32Array;
}

/** A blank image. */
export function imageOf(area: PixelArea, layer: Layer): PixelImage {
  const bytes = new Uint8Array(area.width * area.height * LAYER_BYTES[layer]);
  return { ...area, pixels: pixelsOf(layer, bytes) };
}

/** Bytes as pixels of a layer: where they lie, or copied if those cannot lie there. */
export function pixelsOf(layer: Layer, bytes: Uint8Array): PixelImage['pixels'] {
  const pixelBytes = LAYER_BYTES[layer];
  const { buffer, byteOffset, length } =
    bytes.byteOffset % pixelBytes === 0 ? bytes : bytes.slice();
  const Pixels = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[pixelBytes];
  return new Pixels(buffer as ArrayBuffer, byteOffset, length / pixelBytes);
}

/**
 * Draws the pixels of an image whose samples all lie in a block's interior. The samples of those that lie
 * in it in part are added to `shared`, to be combined with the rest of them: so an image is the same
 * however the world is cut into blocks.
 *
 * @param sampler of the engine of the block. @default one that any block will do for
 */
export function drawSquares(
  block: CellBlock,
  view: LayerView,
  image: PixelImage,
  shared: SharedSamples,
  sampler: SquareSampler = new PlainSampler(),
): void {
  const here = pixelsWithin(block, view, image);
  if (here === undefined) return;
  const { side, step } = sampleGrid(view.layer, view.zoom);
  const worldColumns = Math.ceil(block.worldWidth / step);
  const worldRows = Math.ceil(block.worldHeight / step);
  const [blockLeft, blockRight] = samplesIn(block.x, block.width, step);
  const [blockTop, blockBottom] = samplesIn(block.y, block.height, step);
  const left = Math.max(blockLeft, here.x * side);
  const right = Math.min(blockRight, (here.x + here.width) * side);
  const columns = right - left;
  // Whole squares, and those that the world's edge crops, which are whole too but have fewer samples.
  const firstWhole = Math.ceil(left / side);
  const endWhole = Math.floor(right / side);
  const isCropped = right === worldColumns && right % side !== 0 && endWhole * side >= left;
  const pixels = Math.max(0, endWhole - firstWhole);

  /** The samples of one square that are here. */
  const ofSquare = (samples: Uint32Array, column: number, rows: number): number[] => {
    const from = Math.max(left, column * side) - left;
    const end = Math.min(right, (column + 1) * side) - left;
    const found: number[] = [];
    for (let row = 0; row < rows; row++) {
      for (let i = from; i < end; i++) found.push(samples[row * columns + i]!);
    }
    return found;
  };

  for (let j = here.y; j < here.y + here.height; j++) {
    const top = Math.max(blockTop, j * side);
    const bottom = Math.min(blockBottom, (j + 1) * side);
    const rows = bottom - top;
    const samples = sampler.sample(block, view, {
      from: cellIndex(block, left * step - block.x, top * step - block.y),
      rowCells: block.stride * step,
      ...{ rows, step, count: columns },
    });
    const isWhole = top === j * side && bottom === Math.min(worldRows, (j + 1) * side);
    const offset = (j - image.y) * image.width - image.x;
    for (let i = here.x; i < here.x + here.width; i++) {
      if (isWhole && i >= firstWhole && i < endWhole) {
        const squares = { rows, columns, from: i * side - left, side, pixels };
        image.pixels.set(sampler.draw(view, squares), offset + i);
        i = endWhole - 1;
      } else if (isWhole && isCropped && i === endWhole) {
        image.pixels[offset + i] = combineSamples(view.layer, ofSquare(samples, i, rows));
      } else {
        shared.add(i, j, ofSquare(samples, i, rows));
      }
    }
  }
}
