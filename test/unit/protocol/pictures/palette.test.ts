import { describe, expect, test } from 'vitest';
import { lookupTable, paint } from '../../../../services/protocol/pictures/palette.ts';
import { LAYER_BYTES, LAYERS } from '../../../../services/world/measuring/layers.ts';
import { DEFAULT_RULES } from '../../../../services/world/spec/rules.ts';

const numeric = LAYERS.filter((layer) => LAYER_BYTES[layer] < 4);

test('a colour becomes a canvas pixel of the same red, green and blue', () => {
  const pixels = new Uint8Array([0x33, 0x22, 0x11, 0xff, 0, 0, 0, 0]);
  const out = new Uint32Array(2);
  paint('colour', pixels, new Uint32Array(0), out);
  expect([...new Uint8Array(out.buffer)]).toEqual([0x11, 0x22, 0x33, 0xff, 7, 9, 12, 0xff]);
});

test('values of two bytes are read little-endian at any alignment', () => {
  const table = lookupTable('health', DEFAULT_RULES);
  const buffer = new Uint8Array([99, 0x34, 0x02, 0, 0]);
  const out = new Uint32Array(2);
  paint('health', buffer.subarray(1), table, out);
  expect([...out]).toEqual([table[0x0234], table[0]]);
});

describe.each(numeric)('the layer %s', (layer) => {
  const table = lookupTable(layer, DEFAULT_RULES);

  test('has an opaque colour for every value', () => {
    expect(table.length).toBe(LAYER_BYTES[layer] === 1 ? 256 : 65_536);
    expect(table.every((pixel) => pixel >>> 24 === 0xff)).toBe(true);
  });

  test('shows more than one colour', () => {
    expect(new Set(table).size).toBeGreaterThan(1);
  });
});

test.each(['size', 'cost', 'health', 'age', 'canKill', 'canMove'] as const)(
  'in the layer %s nobody looks unlike everybody',
  (layer) => {
    const table = lookupTable(layer, DEFAULT_RULES);
    expect(table.subarray(1)).not.toContain(table[0]);
  },
);

test('rules at their bounds still give a table', () => {
  const rules = {
    ...DEFAULT_RULES,
    maxFood: 0,
    maxHealth: 1,
    maxSize: 1,
    healthCostPerSizeUnit: 0,
  };
  for (const layer of numeric) {
    const table = lookupTable(layer, rules);
    expect(table.every((pixel) => pixel >>> 24 === 0xff)).toBe(true);
  }
});
