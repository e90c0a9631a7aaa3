import { describe, expect, test } from 'vitest';
import {
  exchangesBefore,
  isExchange,
  ticksToExchange,
} from '../../../../services/protocol/layout/exchanges.ts';
import { GENESIS, type Origin } from '../../../../services/world/events/origin.ts';
import { SingleWorld } from '../../../../services/world/single-world.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';

const small = { ...DEFAULT_WORLD_SPEC, width: 16, height: 16, shardSize: 16 };
const later: Origin = { ...new SingleWorld(small).originHere(), tick: 10 };

describe.each<[string, Origin, number]>([
  ['genesis', GENESIS, 0],
  ['a state of tick 10', later, 10],
])('exchanges every 4 ticks from %s on', (_what, origin, first) => {
  const every4 = { origin, ticksPerExchange: 4 };
  const ticks = Array.from({ length: 9 }, (_, i) => first + i);

  test('come with the first tick and each fourth after it', () => {
    const due = ticks.filter((tick) => isExchange(every4, tick));
    expect(due).toEqual([first, first + 4, first + 8]);
  });

  test('are counted from the first', () => {
    const before = ticks.map((tick) => exchangesBefore(every4, tick));
    expect(before).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2]);
  });

  test('are 4 ticks away when one is due, and fewer between', () => {
    const away = ticks.map((tick) => ticksToExchange(every4, tick));
    expect(away).toEqual([4, 3, 2, 1, 4, 3, 2, 1, 4]);
  });
});
