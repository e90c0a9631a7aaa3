import { LAYER_BYTES, type Layer } from '../../world/measuring/layers.ts';
import type { Rules } from '../../world/spec/rules.ts';

/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const NOBODY: Rgb = [7, 9, 12];
/** Dark to light through hues that differ in brightness too, for eyes that see fewer colours. */
const HEAT: readonly Rgb[] = [
  [43, 18, 73],
  [58, 82, 139],
  [32, 144, 141],
  [94, 201, 98],
  [253, 231, 37],
];
const GREENS: readonly Rgb[] = [
  [16, 22, 20],
  [28, 78, 52],
  [74, 153, 83],
  [196, 224, 120],
];
const WATERS: readonly Rgb[] = [
  [15, 22, 33],
  [24, 66, 110],
  [60, 142, 196],
  [196, 232, 245],
];
/** Neighbouring indices differ much. */
const OWNERS: readonly Rgb[] = [
  [76, 195, 138],
  [90, 169, 230],
  [229, 180, 84],
  [224, 101, 107],
  [163, 125, 224],
  [86, 204, 207],
  [226, 137, 190],
  [160, 178, 84],
];

export interface Ramp {
  stops: readonly Rgb[];
  /** The value at the end of the ramp; larger ones are shown like it. */
  max: number;
  /** Small values get more of the ramp. */
  curve: 'linear' | 'root' | 'logarithm';
  /** 0 is nobody, or there is no such value. */
  zeroIsNobody: boolean;
}

const TRAIT: Ramp = {
  stops: [
    [52, 66, 84],
    [240, 158, 74],
  ],
  max: 2,
  curve: 'linear',
  zeroIsNobody: true,
};

/** How a layer of numbers is coloured; layers of colours and owners have no ramp. */
export function rampOf(layer: Layer, rules: Rules): Ramp | undefined {
  const { maxFood, maxHealth, maxSize } = rules;
  const cost = rules.healthCostIfCanKill + rules.healthCostIfCanMove;
  const living = { stops: HEAT, zeroIsNobody: true } as const;
  switch (layer) {
    case 'food':
      return { stops: GREENS, max: Math.max(1, maxFood), curve: 'root', zeroIsNobody: false };
    case 'extraFood':
      return { stops: WATERS, max: 60, curve: 'linear', zeroIsNobody: false };
    case 'size':
      return { ...living, max: Math.min(maxSize, 60), curve: 'linear' };
    case 'canKill':
    case 'canMove':
      return TRAIT;
    case 'cost': {
      const max = rules.healthCostPerSizeUnit * Math.min(maxSize, 40) + cost;
      return { ...living, max: Math.max(1, max), curve: 'linear' };
    }
    case 'health':
      return { ...living, max: Math.min(maxHealth, 600), curve: 'root' };
    case 'age':
      return { ...living, max: 4096, curve: 'logarithm' };
    default:
      return undefined;
  }
}

/** From 0 to 1. */
function position({ max, curve, zeroIsNobody }: Ramp, value: number): number {
  const least = zeroIsNobody ? 1 : 0;
  const linear = Math.min(1, Math.max(0, (value - least) / Math.max(1, max - least)));
  if (curve === 'linear') return linear;
  if (curve === 'root') return Math.sqrt(linear);
  return Math.log1p(linear * 255) / Math.log(256);
}

function between(stops: readonly Rgb[], at: number): Rgb {
  const scaled = at * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(scaled));
  const [from = NOBODY, to = NOBODY] = stops.slice(index, index + 2);
  const mix = (a: number, b: number) => Math.round(a + (b - a) * (scaled - index));
  return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])];
}

/** A pixel of red, green, blue, alpha, each a byte, read as a little-endian word: as canvas image data has it. */
const word = ([red, green, blue]: Rgb) => ((0xff << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** The colour of every value of a layer with one or two bytes a pixel. */
export function lookupTable(layer: Layer, rules: Rules): Uint32Array {
  const table = new Uint32Array(LAYER_BYTES[layer] === 1 ? 256 : 65_536);
  const ramp = rampOf(layer, rules);
  for (let value = 0; value < table.length; value++) {
    if (ramp === undefined) table[value] = word(ownerColour(value));
    else if (value === 0 && ramp.zeroIsNobody) table[value] = word(NOBODY);
    else table[value] = word(between(ramp.stops, position(ramp, value)));
  }
  return table;
}

function ownerColour(owner: number): Rgb {
  const base = OWNERS[owner % OWNERS.length] ?? NOBODY;
  const shade = 1 - 0.18 * (Math.floor(owner / OWNERS.length) % 4);
  return [Math.round(base[0] * shade), Math.round(base[1] * shade), Math.round(base[2] * shade)];
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
  pixels: Uint8Array<ArrayBuffer>,
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
