import { type Rgb, rampOf } from '../../../protocol/pictures/palette.ts';
import type { Layer } from '../../../world/measuring/layers.ts';
import type { Rules } from '../../../world/spec/rules.ts';

/** What the legend beside the layer's name shows. */
export interface Legend {
  low: string;
  high: string;
  /** CSS colours from low to high. */
  stops: string[];
}

export function legendOf(layer: Layer, rules: Rules): Legend {
  const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;
  if (layer === 'colour') return { low: 'one colour, one species', high: '', stops: [] };
  if (layer === 'lineage') return { low: 'colour of the first ancestor', high: '', stops: [] };
  if (layer === 'owner') return { low: 'one colour, one backend', high: '', stops: [] };
  const ramp = rampOf(layer, rules);
  if (ramp === undefined) return { low: '', high: '', stops: [] };
  const stops = ramp.stops.map(css);
  if (layer === 'canKill' || layer === 'canMove') return { low: 'no', high: 'yes', stops };
  return { low: ramp.zeroIsNobody ? '1' : '0', high: `${ramp.max.toLocaleString('en')}+`, stops };
}
