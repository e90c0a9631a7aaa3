import { describe, expect, test } from 'vitest';
import type { LocalOptions } from '../../../../services/cli/local/local-options.ts';
import { joinText } from '../../../../services/cli/local/local-start.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { colonyView } from '../colony-view.fixture.ts';

const asked = (more: object, given: LocalOptions['given']) => ({
  ...DEFAULT_WORLD_SPEC,
  ...more,
  given,
});
const RESUMING = 'resuming colony instance-1 from its checkpoint of tick 1200';

test('a colony that is found is resumed from its newest checkpoint', () => {
  expect(joinText(colonyView(), asked({}, []))).toBe(RESUMING);
});

test('a colony without a checkpoint is resumed from genesis', () => {
  const checkpoint = { tick: null, writingTick: null, tickedSeconds: null, failure: null };
  expect(joinText(colonyView({ checkpoint }), asked({}, []))).toBe(
    'resuming colony instance-1 from genesis',
  );
});

describe('world flags that differ from the stored spec', () => {
  test('are named where they were given: the stored one is used', () => {
    const flags = asked({ seed: 9, width: 500 }, ['seed', 'width']);
    expect(joinText(colonyView(), flags)).toBe(
      `${RESUMING}. Its stored spec is used, not the world flags: width 2000, not 500; seed 1, not 9`,
    );
  });

  test('are not named where they are only defaults', () => {
    expect(joinText(colonyView(), asked({ seed: 9, width: 500 }, ['width']))).toMatch(
      /world flags: width 2000, not 500$/,
    );
    expect(joinText(colonyView(), asked({ seed: 9, width: 500 }, []))).toBe(RESUMING);
  });

  test('are named as they were typed', () => {
    const flags = asked({ shardSize: 125, randomEvents: false }, ['shardSize', 'randomEvents']);
    expect(joinText(colonyView(), flags)).toMatch(
      /world flags: shard-size 250, not 125; random-events on, not off$/,
    );
  });
});
