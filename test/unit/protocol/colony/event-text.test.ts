import { expect, test } from 'vitest';
import type { ColonyEvent } from '../../../../services/protocol/colony/colony-event.ts';
import { listedEventText } from '../../../../services/protocol/colony/event-text.ts';
import type { WorldEvent } from '../../../../services/world/events/events.ts';

const species: WorldEvent & { kind: 'createCreature' } = {
  kind: 'createCreature',
  x: 10,
  y: 20,
  radiusX: 3,
  radiusY: 4,
  size: 5,
  canKill: false,
  canMove: false,
  colour: 0x00ff07,
};

test.each<[WorldEvent, string]>([
  [species, 'new species #00ff07 (size 5) at 10, 20, 3 x 4 cells round it'],
  [
    { ...species, canKill: true },
    'new species #00ff07 (size 5, kills) at 10, 20, 3 x 4 cells round it',
  ],
  [
    { ...species, canKill: true, canMove: true },
    'new species #00ff07 (size 5, kills, moves) at 10, 20, 3 x 4 cells round it',
  ],
  [{ kind: 'extraFood', amount: 2 }, 'food that grows: +2 everywhere'],
  [{ kind: 'extraFood', amount: -2 }, 'food that grows: −2 everywhere'],
  [{ kind: 'ruleChange', rule: 'maxFood', percent: -10 }, 'rule maxFood −10 %'],
  [{ kind: 'newTopography' }, 'new topography'],
  [{ kind: 'extinction', draw: 7 }, 'extinction on half of the tiles'],
  [
    { kind: 'foodDrop', x: 10, y: 20, radiusX: 3, radiusY: 4, amount: 500 },
    'food on a spot: +500 in each cell at 10, 20, 3 x 4 cells round it',
  ],
])('%j is told to people in a few words', (event, text) => {
  const listed = { sequence: 1, tick: 5, origin: 'injected', ...event } as const;
  expect(listedEventText(listed)).toBe(text);
  expect(listedEventText({ ...listed, cancelled: true })).toBe(`${text} (cancelled)`);
});

test('a change of a rule whose values are known says what it does to the world', () => {
  const listed: ColonyEvent = {
    sequence: null,
    tick: 5,
    origin: 'random',
    kind: 'ruleChange',
    rule: 'killChance',
    percent: 20,
    before: 2,
    after: 3,
  };
  expect(listedEventText(listed)).toBe(
    'rule killChance +20 %: killing is tried 1 time in 3 instead of 2',
  );
});
