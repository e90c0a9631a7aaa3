import { describe, expect, test } from 'vitest';
import { replayOf } from '../../../../services/coordinator/ticking/replay.ts';
import { Timeline } from '../../../../services/world/events/timeline.ts';
import { STORED, topologyOf } from '../fixtures.ts';

const fromGenesis = topologyOf(2);
const fromState = topologyOf(2, {
  origin: { ...new Timeline(STORED.spec).originHere(0), tick: 300 },
});
const replay = (change: Partial<Parameters<typeof replayOf>[0]> = {}) =>
  replayOf({
    ...{ topology: fromState, replayUntil: 900, tick: 500, ticksPerSecond: 50 },
    ...change,
  });

describe('what is computed again', () => {
  test('goes from the checkpoint to where the world stood, and takes so long at this speed', () => {
    expect(replay()).toEqual({ fromTick: 300, toTick: 900, remainingSeconds: 8 });
  });

  test('goes from genesis where the world started there', () => {
    expect(replay({ topology: fromGenesis })).toMatchObject({ fromTick: 0 });
  });

  test.each([undefined, 0])('has no estimate at the speed %s', (ticksPerSecond) => {
    expect(replay({ ticksPerSecond })?.remainingSeconds).toBeNull();
  });

  test('has all before it until the backends have answered', () => {
    expect(replay({ tick: undefined })).toMatchObject({ fromTick: 300, remainingSeconds: 12 });
  });

  test('is over at the tick where the world stood, and beyond', () => {
    expect(replay({ tick: 899 })).toBeDefined();
    expect([replay({ tick: 900 }), replay({ tick: 901 })]).toEqual([undefined, undefined]);
  });

  test('is nothing where the world starts at the state in which it stood', () => {
    expect(replay({ replayUntil: 300, tick: undefined })).toBeUndefined();
  });

  test('is nothing where it starts at genesis for the first time', () => {
    expect(replay({ topology: fromGenesis, replayUntil: 0, tick: undefined })).toBeUndefined();
  });
});
