import { LAYER_BYTES, type Layer } from '../../../../world/measuring/layers.ts';
import type { Rules } from '../../../../world/spec/rules.ts';
import { NOBODY, scaleOf, valueColour } from './scales.ts';

/** Entries of a side of the palette of values of two bytes: value v is at column v mod 256, row v / 256. */
export const PALETTE_SIDE = 256;

/**
 * The colour of every value of a layer of numbers: red, green, blue and 255 for each, 256 values for a
 * layer of one byte a pixel, 65,536 for one of two. Layers that are colours themselves have none.
 */
export function paletteOf(layer: Layer, rules: Rules): Uint8Array<ArrayBuffer> {
  const bytes = LAYER_BYTES[layer];
  if (bytes === 4) return new Uint8Array(0);
  const palette = new Uint8Array(4 * PALETTE_SIDE ** bytes);
  const scale = scaleOf(layer, rules);
  for (let value = 0; value < palette.length / 4; value++) {
    palette.set(valueColour(layer, scale, value), 4 * value);
    palette[4 * value + 3] = 255;
  }
  return palette;
}

/** The value of a pixel, little-endian, as layers.ts lays it out. */
export function pixelValue(layer: Layer, pixels: Uint8Array, index: number): number {
  let value = 0;
  for (let byte = LAYER_BYTES[layer] - 1; byte >= 0; byte--) {
    value = value * 256 + (pixels[index * LAYER_BYTES[layer] + byte] ?? 0);
  }
  return value;
}

/** Turns pixels of a tile into those of a 2D canvas: red, green, blue, alpha. */
export function paint(
  layer: Layer,
  pixels: Uint8Array,
  palette: Uint8Array,
  out: Uint8ClampedArray,
): void {
  for (let i = 0; i < out.length / 4; i++) {
    const value = pixelValue(layer, pixels, i);
    if (LAYER_BYTES[layer] < 4) out.set(palette.subarray(4 * value, 4 * value + 4), 4 * i);
    else if (value === 0) out.set([...NOBODY, 255], 4 * i);
    else out.set([(value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff, 255], 4 * i);
  }
}
