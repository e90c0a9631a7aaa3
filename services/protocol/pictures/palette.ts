import { LAYER_BYTES, type Layer } from '../../world/measuring/layers.ts';
import type { Rules } from '../../world/spec/rules.ts';
import { NOBODY, type Rgb, scaleOf, valueColour } from './scales.ts';

/** A pixel of red, green, blue, alpha, each a byte, read as a little-endian word: as canvas image data has it. */
const word = ([red, green, blue]: Rgb) => ((0xff << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** The colour of every value of a layer with one or two bytes a pixel; none of those that are colours. */
export function lookupTable(layer: Layer, rules: Rules): Uint32Array<ArrayBuffer> {
  const bytes = LAYER_BYTES[layer];
  const table = new Uint32Array(bytes === 4 ? 0 : 256 ** bytes);
  const scale = scaleOf(layer, rules);
  for (let value = 0; value < table.length; value++) {
    table[value] = word(valueColour(layer, scale, value));
  }
  return table;
}

/** How pictures show cells without a creature: 0xRRGGBB by their food, dark, so that creatures stand out. */
export interface Shades {
  readonly food: Uint32Array;
}

export function shadesOf(rules: Rules): Shades {
  const words = lookupTable('food', rules);
  const halved = (word: number) =>
    (((word & 0xff) << 16) | (word & 0xff00) | ((word >>> 16) & 0xff)) >>> 1;
  return { food: words.map((word) => halved(word) & 0x7f7f7f) };
}

/**
 * Turns the values of a picture into colours.
 *
 * @param pixels as picture-codec.ts lays them out, without the header, at any alignment.
 * @param table of this layer; colour and lineage need none.
 * @param out one word per pixel.
 */
export function paint(
  layer: Layer,
  pixels: Uint8Array,
  table: Uint32Array,
  out: Uint32Array,
): void {
  const valueBytes = LAYER_BYTES[layer];
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const nobody = word(NOBODY);
  for (let i = 0; i < out.length; i++) {
    if (valueBytes === 4) {
      const colour = view.getUint32(4 * i, true);
      // 0xAARRGGBB → the byte order red, green, blue, alpha.
      out[i] =
        colour === 0
          ? nobody
          : (0xff000000 |
              ((colour & 0xff) << 16) |
              (colour & 0xff00) |
              ((colour >>> 16) & 0xff)) >>>
            0;
    } else {
      const value = valueBytes === 2 ? view.getUint16(2 * i, true) : (pixels[i] ?? 0);
      out[i] = table[value] ?? nobody;
    }
  }
}
