import { expect, test } from 'vitest';
import {
  colourAt,
  ownerColour,
  type Rgb,
  scaleOf,
  traitColour,
} from '../../../../services/protocol/pictures/scales.ts';
import { LAYERS } from '../../../../services/world/measuring/layers.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';

const ramps = LAYERS.filter((layer) => scaleOf(layer, DEFAULT_RULES) !== undefined);

/** Relative luminance as WCAG defines it. */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test.each(ramps)(
  'along the ramp of %s brightness only grows, so that no hue is needed',
  (layer) => {
    const stops = scaleOf(layer, DEFAULT_RULES)?.stops ?? [];
    const bright = Array.from({ length: 60 }, (_, i) => luminance(colourAt(stops, i / 59)));
    for (const [i, value] of bright.slice(1).entries()) expect(value).toBeGreaterThan(bright[i]!);
  },
);

test('who has a trait is brighter than who has not', () => {
  expect(luminance(traitColour(true)) / luminance(traitColour(false))).toBeGreaterThan(3);
});

test('the first 32 backends differ in their colours', () => {
  const colours = Array.from({ length: 32 }, (_, i) => ownerColour(i).join());
  expect(new Set(colours).size).toBe(32);
});
