import type { Layer } from '../../world/measuring/layers.ts';
import type { Rules } from '../../world/spec/rules.ts';

/** Red, green, blue, each 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Where nobody lives. */
export const NOBODY: Rgb = [7, 9, 12];

/*
 * Along each ramp brightness only grows, so that eyes that tell no hues apart, or a grey print, still
 * read it; the stops of LIVING are those of viridis.
 */
const LIVING: readonly Rgb[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];
const GREENS: readonly Rgb[] = [
  [14, 20, 18],
  [24, 62, 44],
  [44, 107, 66],
  [92, 160, 84],
  [154, 203, 108],
  [226, 240, 168],
];
const WATERS: readonly Rgb[] = [
  [13, 19, 30],
  [20, 52, 92],
  [36, 98, 154],
  [78, 152, 200],
  [138, 200, 226],
  [220, 240, 248],
];
const NO_AND_YES: readonly Rgb[] = [
  [52, 66, 84],
  [240, 158, 74],
];
/** Told apart by all common kinds of colour blindness (Okabe and Ito), neighbours by brightness too. */
const CATEGORIES: readonly Rgb[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
  [153, 153, 153],
];

/** How the numbers of a layer become places on a ramp. */
export interface Scale {
  stops: readonly Rgb[];
  /** The value at the beginning of the ramp. With 1, value 0 means that nobody lives there. */
  least: 0 | 1;
  /** The value at the end of the ramp; greater ones are shown like it. */
  most: number;
  /** Whether greater values than `most` occur. */
  isCut: boolean;
  /** Small values get more of the ramp, except where it is linear. */
  curve: 'linear' | 'root' | 'logarithm';
  unit: string;
}

/** The scale of a layer of numbers under the rules in force; undefined for colours, traits and owners. */
export function scaleOf(layer: Layer, rules: Rules): Scale | undefined {
  const upTo = (greatest: number, shown: number) => {
    const most = Math.max(1, Math.min(greatest, shown));
    return { most, isCut: most < greatest };
  };
  const living = { stops: LIVING, least: 1 } as const;
  switch (layer) {
    case 'food':
      return {
        ...upTo(rules.maxFood, rules.maxFood),
        stops: GREENS,
        least: 0,
        curve: 'root',
        unit: 'food in a cell',
      };
    case 'extraFood':
      return {
        ...upTo(255, 60),
        stops: WATERS,
        least: 0,
        curve: 'linear',
        unit: 'food growing per tick',
      };
    case 'size':
      return { ...living, ...upTo(rules.maxSize, 40), curve: 'linear', unit: 'units of size' };
    case 'cost':
      return {
        ...living,
        ...upTo(greatestCost(rules, rules.maxSize), greatestCost(rules, 40)),
        curve: 'linear',
        unit: 'health paid per tick',
      };
    case 'health':
      return { ...living, ...upTo(rules.maxHealth, 600), curve: 'root', unit: 'health' };
    case 'age':
      return { ...living, ...upTo(65_535, 1000), curve: 'logarithm', unit: 'ticks of age' };
    default:
      return undefined;
  }
}

const greatestCost = (rules: Rules, size: number): number =>
  rules.healthCostPerSizeUnit * size + rules.healthCostIfCanKill + rules.healthCostIfCanMove;

/** Where a value lies on the ramp, 0 to 1. */
export function positionOf({ least, most, curve }: Scale, value: number): number {
  const linear = Math.min(1, Math.max(0, (value - least) / Math.max(1, most - least)));
  if (curve === 'linear') return linear;
  if (curve === 'root') return Math.sqrt(linear);
  return Math.min(1, Math.log(Math.max(1, value)) / Math.log(Math.max(2, most)));
}

/** The colour at a place of the ramp. */
export function colourAt(stops: readonly Rgb[], position: number): Rgb {
  const scaled = position * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(scaled));
  const [from = NOBODY, to = NOBODY] = stops.slice(index, index + 2);
  const mix = (a: number, b: number) => Math.round(a + (b - a) * (scaled - index));
  return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])];
}

/** Of who has a trait, and of who lives without it. */
export const traitColour = (has: boolean): Rgb => NO_AND_YES[has ? 1 : 0] ?? NOBODY;

/** The swatch of a backend by its number from 0 on; after eight they come again, darker. */
export function ownerColour(owner: number): Rgb {
  const base = CATEGORIES[owner % CATEGORIES.length] ?? NOBODY;
  const shade = 1 - 0.22 * (Math.floor(owner / CATEGORIES.length) % 4);
  return [Math.round(base[0] * shade), Math.round(base[1] * shade), Math.round(base[2] * shade)];
}

/** The colour of a value, as tiles have it, of a layer that is no colour itself. */
export function valueColour(layer: Layer, scale: Scale | undefined, value: number): Rgb {
  if (scale !== undefined) {
    if (value === 0 && scale.least === 1) return NOBODY;
    return colourAt(scale.stops, positionOf(scale, value));
  }
  if (value === 0) return NOBODY;
  if (layer === 'owner') return ownerColour(value - 1);
  return traitColour(value === 2);
}

export const cssColour = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** 0xRRGGBB → #rrggbb. */
export const hexColour = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;
