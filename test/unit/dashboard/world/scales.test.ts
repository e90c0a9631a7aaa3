import { describe, expect, test } from 'vitest';
import { legendOf } from '../../../../services/dashboard/src/world/drawing/legend.ts';
import { paint, paletteOf } from '../../../../services/dashboard/src/world/drawing/palette.ts';
import {
  colourAt,
  ownerColour,
  positionOf,
  type Rgb,
  scaleOf,
  traitColour,
} from '../../../../services/dashboard/src/world/drawing/scales.ts';
import { LAYER_BYTES, LAYERS } from '../../../../services/world/measuring/layers.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';

const numeric = LAYERS.filter((layer) => LAYER_BYTES[layer] < 4);
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

describe.each(numeric)('the palette of %s', (layer) => {
  test('has an opaque colour for every value', () => {
    const palette = paletteOf(layer, DEFAULT_RULES);
    expect(palette.length).toBe(4 * 256 ** LAYER_BYTES[layer]);
    for (let i = 3; i < palette.length; i += 4) if (palette[i] !== 255) expect(i).toBe(-1);
  });

  test('is one under rules at their bounds too', () => {
    const rules = {
      ...DEFAULT_RULES,
      maxFood: 0,
      maxHealth: 1,
      maxSize: 1,
      healthCostPerSizeUnit: 0,
      healthCostIfCanKill: 0,
      healthCostIfCanMove: 0,
    };
    const palette = paletteOf(layer, rules);
    expect(palette[3]).toBe(255);
    const legend = legendOf(layer, rules, ['backend-1']);
    expect(JSON.stringify(legend)).not.toMatch(/NaN|null|Infinity/);
  });
});

test('nobody looks unlike everybody', () => {
  for (const layer of ['size', 'cost', 'health', 'age', 'canKill', 'canMove'] as const) {
    const palette = paletteOf(layer, DEFAULT_RULES);
    const nobody = palette.subarray(0, 3).join();
    for (let value = 1; value < 200; value++) {
      expect(palette.subarray(4 * value, 4 * value + 3).join()).not.toBe(nobody);
    }
  }
});

test('a tile is painted as the canvas of the overview needs it', () => {
  const out = new Uint8ClampedArray(8);
  paint('colour', new Uint8Array([0x33, 0x22, 0x11, 0xff, 0, 0, 0, 0]), new Uint8Array(0), out);
  expect([...out]).toEqual([0x11, 0x22, 0x33, 255, 7, 9, 12, 255]);
  const palette = paletteOf('health', DEFAULT_RULES);
  paint('health', new Uint8Array([0x34, 0x02, 0, 0]), palette, out);
  expect([...out.subarray(0, 4)]).toEqual([...palette.subarray(4 * 0x234, 4 * 0x234 + 4)]);
});

describe('a legend', () => {
  const ticksOf = (layer: (typeof LAYERS)[number], rules = DEFAULT_RULES) => {
    const legend = legendOf(layer, rules, []);
    return legend.kind === 'ramp' ? legend.ticks : [];
  };

  test('of food goes from 0 to the most that the rules in force allow', () => {
    expect(ticksOf('food').at(0)).toEqual({ at: 0, text: '0' });
    expect(ticksOf('food').at(-1)).toEqual({ at: 1, text: '1,000' });
    expect(ticksOf('food', { ...DEFAULT_RULES, maxFood: 740 }).at(-1)?.text).toBe('740');
  });

  test('says where greater values look alike', () => {
    expect(ticksOf('health').at(-1)?.text).toBe('≥ 600');
    expect(ticksOf('health', { ...DEFAULT_RULES, maxHealth: 500 }).at(-1)?.text).toBe('500');
  });

  test.each(ramps)('of %s has its marks where the values have their colours', (layer) => {
    const legend = legendOf(layer, DEFAULT_RULES, []);
    const scale = scaleOf(layer, DEFAULT_RULES);
    if (legend.kind !== 'ramp' || scale === undefined) throw new Error('no ramp');
    expect(legend.unit).not.toBe('');
    expect(legend.ticks.length).toBeGreaterThanOrEqual(3);
    for (const { at, text } of legend.ticks) {
      expect(at).toBeCloseTo(positionOf(scale, Number(text.replaceAll(/[^\d]/g, ''))), 9);
    }
  });

  test('of the backends names them', () => {
    const legend = legendOf('owner', DEFAULT_RULES, ['backend-1', 'backend-2']);
    expect(legend).toMatchObject({
      kind: 'swatches',
      swatches: [{ text: 'backend-1' }, { text: 'backend-2' }],
    });
  });
});
