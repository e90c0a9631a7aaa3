import { describe, expect, test } from 'vitest';
import { legendOf } from '../../../../services/dashboard/src/world/colours/legend.ts';
import { positionOf, scaleOf } from '../../../../services/protocol/pictures/scales.ts';
import { LAYERS } from '../../../../services/world/measuring/layers.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';

const ramps = LAYERS.filter((layer) => scaleOf(layer, DEFAULT_RULES) !== undefined);

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

test('a legend has no nonsense under rules at their bounds', () => {
  const rules = {
    ...DEFAULT_RULES,
    maxFood: 0,
    maxHealth: 1,
    maxSize: 1,
    healthCostPerSizeUnit: 0,
    healthCostIfCanKill: 0,
    healthCostIfCanMove: 0,
  };
  for (const layer of LAYERS) {
    expect(JSON.stringify(legendOf(layer, rules, ['backend-1']))).not.toMatch(/NaN|null|Infinity/);
  }
});
