import { expect, test } from 'vitest';
import { joinText } from '../../../../services/cli/local/local-start.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { colonyView } from '../colony-view.fixture.ts';

test('a colony that is found is resumed, and it is said plainly that it replays', () => {
  expect(joinText(colonyView(), DEFAULT_WORLD_SPEC)).toBe(
    'resuming colony instance-1: no checkpoints yet, it replays from genesis with the same spec',
  );
});

test('world flags that differ from the stored spec are named: the stored one is used', () => {
  const text = joinText(colonyView(), { ...DEFAULT_WORLD_SPEC, seed: 9, width: 500 });
  expect(text).toContain('Its stored spec is used, not the world flags');
  expect(text).toContain('width 2000, not 500; seed 1, not 9');
});
