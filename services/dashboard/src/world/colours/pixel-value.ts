import { LAYER_BYTES, type Layer } from '../../../../world/measuring/layers.ts';

/** The value of a pixel, little-endian, as layers.ts lays it out. */
export function pixelValue(layer: Layer, pixels: Uint8Array, index: number): number {
  let value = 0;
  for (let byte = LAYER_BYTES[layer] - 1; byte >= 0; byte--) {
    value = value * 256 + (pixels[index * LAYER_BYTES[layer] + byte] ?? 0);
  }
  return value;
}
