import { describe, expect, test } from 'vitest';
import {
  colonyEventOf,
  colonyEventSchema,
  eventRequestProblem,
  eventRequestSchema,
  handedEventSchema,
  injectedEventsOf,
  requestHashOf,
  resolveEvent,
} from '../../../../services/protocol/colony/colony-event.ts';
import { EVENT_KINDS, type InjectedEvent } from '../../../../services/world/events/events.ts';

const place = { colonyInstanceId: 'instance-1', sequence: 1, width: 300, height: 200 };

describe('what a request leaves open', () => {
  test.each(EVENT_KINDS)('of %s is drawn within its bounds', (kind) => {
    for (let sequence = 1; sequence <= 50; sequence++) {
      const event = resolveEvent({ kind }, { ...place, sequence });
      expect(handedEventSchema.parse({ sequence, tick: 5, event }).event).toEqual(event);
    }
  });

  test('is a function of instance and sequence alone', () => {
    const draw = (change: Partial<typeof place>) =>
      resolveEvent({ kind: 'createCreature', tick: 9 }, { ...place, ...change });
    expect(draw({})).toEqual(draw({}));
    expect(draw({ sequence: 2 })).not.toEqual(draw({}));
    expect(draw({ colonyInstanceId: 'instance-2' })).not.toEqual(draw({}));
  });

  test('is drawn as before whatever else is given', () => {
    const { x: _, ...drawn } = resolveEvent({ kind: 'createCreature' }, place) as { x: number };
    const event = resolveEvent({ kind: 'createCreature', tick: 70, x: 4 }, place);
    expect(event).toEqual({ ...drawn, x: 4 });
  });
});

test.each([
  { kind: 'foodDrop', radiusX: 1, radiusY: 100, amount: 1 },
  { kind: 'foodDrop', x: 65_535, y: 65_535, amount: 30_000 },
])('%j is taken', (request) => {
  expect(eventRequestSchema.parse(request)).toEqual(request);
});

describe('a request is refused', () => {
  test.each<[string, object]>([
    ['without a kind', {}],
    ['of a kind that is not known', { kind: 'flood' }],
    ['with a detail of another kind', { kind: 'extraFood', draw: 1 }],
    ['with an amount of 0', { kind: 'extraFood', amount: 0 }],
    ['with an amount of -5', { kind: 'extraFood', amount: -5 }],
    ['with 21 percent', { kind: 'ruleChange', percent: 21 }],
    ['with a rule that is not known', { kind: 'ruleChange', rule: 'gravity' }],
    ['with a negative tick', { kind: 'extinction', tick: -1 }],
    ['with a size beyond its bounds', { kind: 'createCreature', size: 20 }],
    ['with no food on the spot', { kind: 'foodDrop', amount: 0 }],
    ['with more food than a cell ever holds', { kind: 'foodDrop', amount: 30_001 }],
    ['with half a unit of food', { kind: 'foodDrop', amount: 0.5 }],
    ['with a spot without a radius', { kind: 'foodDrop', radiusX: 0 }],
    ['with a spot that is too large', { kind: 'foodDrop', radiusY: 101 }],
    ['with a colour of 25 bits', { kind: 'createCreature', colour: 2 ** 24 }],
  ])('%s', (_what, request) => {
    expect(eventRequestSchema.safeParse(request).success).toBe(false);
  });

  test.each([
    [{ x: 300 }, 'the centre (300, 0) is not a cell of a world of 300 x 200'],
    [{ x: 299, y: 200 }, 'the centre (299, 200) is not a cell of a world of 300 x 200'],
    [{ x: 299, y: 199 }, undefined],
    [{}, undefined],
  ])('by the world for the centre %j: %s', (centre, problem) => {
    for (const kind of ['createCreature', 'foodDrop'] as const) {
      expect(eventRequestProblem({ kind, ...centre }, place)).toBe(problem);
    }
  });
});

test('listed events give back the injected ones, and only those', () => {
  const events = EVENT_KINDS.map((kind, i): InjectedEvent => {
    const sequence = i + 1;
    return { sequence, tick: 10 * sequence, event: resolveEvent({ kind }, { ...place, sequence }) };
  });
  const listed = [
    colonyEventOf({ sequence: null, tick: 3, event: { kind: 'newTopography' } }),
    ...events.map((event) => colonyEventOf(event)),
  ].map((event) => colonyEventSchema.parse(JSON.parse(JSON.stringify(event))));
  expect(listed[0]).toEqual({ sequence: null, tick: 3, origin: 'random', kind: 'newTopography' });
  expect(injectedEventsOf(listed)).toEqual(events);
});

test('hashes of requests have 128 bits', () => {
  expect(requestHashOf('a key')).toMatch(/^[0-9a-f]{32}$/);
  expect(requestHashOf('a key')).not.toBe(requestHashOf('another'));
});
