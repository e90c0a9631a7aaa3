import { describe, expect, it } from 'vitest';
import { worldVectors } from '../../../scripts/lib/world-vectors.ts';
import published from '../../vectors/world.json' with { type: 'json' };

describe('the published test vectors', () => {
  const computed = JSON.parse(JSON.stringify(worldVectors())) as typeof published;

  it.each(Object.keys(published) as (keyof typeof published)[])('hold for %s', (part) => {
    expect(computed[part]).toEqual(published[part]);
  });

  it('are complete', () => {
    expect(Object.keys(computed)).toEqual(Object.keys(published));
  });
});
