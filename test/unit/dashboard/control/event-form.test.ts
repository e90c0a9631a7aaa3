import { expect, test } from 'vitest';
import {
  eventProblems,
  eventRequestOf,
  FIELDS_OF,
  NO_FIELDS,
} from '../../../../services/dashboard/src/control/inject/event-form.ts';
import { eventRequestSchema } from '../../../../services/protocol/colony/colony-event.ts';
import { drawEvent, EVENT_KINDS } from '../../../../services/world/events/events.ts';

const world = { width: 160, height: 96 };

test.each(EVENT_KINDS)('%s may leave everything to chance', (kind) => {
  expect(eventProblems(kind, NO_FIELDS, world)).toEqual({});
  expect(eventRequestOf(kind, NO_FIELDS)).toEqual({ kind });
});

test.each(EVENT_KINDS)('%s has all fields that the API knows of it', (kind) => {
  const { kind: _, ...drawn } = drawEvent(kind, (j) => j * 0x1234567, world);
  expect([...FIELDS_OF[kind]].sort()).toEqual(Object.keys(drawn).sort());
});

test('fields that are given are sent as the API takes them', () => {
  const request = eventRequestOf('createCreature', {
    ...NO_FIELDS,
    ...{ x: '3', y: '95', radiusX: '15', canKill: 'no', canMove: 'yes', colour: '#0a0b0c' },
    ...{ tick: '700', amount: '4' },
  });
  expect(request).toEqual({
    kind: 'createCreature',
    ...{ x: 3, y: 95, radiusX: 15, canKill: false, canMove: true, colour: 0x0a0b0c, tick: 700 },
  });
  expect(eventRequestSchema.parse(request)).toEqual(request);
});

test.each([
  ['createCreature', { x: '160' }, { x: 'A whole number, 0 to 159.' }],
  ['createCreature', { radiusY: '14' }, { radiusY: 'A whole number, 15 to 39.' }],
  ['extraFood', { amount: '0' }, { amount: 'A whole number, -4 to 4, not 0.' }],
  ['foodDrop', { amount: '0' }, { amount: 'A whole number, 1 to 30,000.' }],
  ['foodDrop', { radiusX: '101' }, { radiusX: 'A whole number, 1 to 100.' }],
  ['foodDrop', { y: '96' }, { y: 'A whole number, 0 to 95.' }],
  ['ruleChange', { percent: '-21' }, { percent: 'A whole number, -20 to 20, not 0.' }],
  ['extinction', { tick: '-1' }, { tick: 'A whole number, 0 to 4,294,967,295.' }],
] as const)('%s with %o is a problem before it is sent', (kind, given, problems) => {
  expect(eventProblems(kind, { ...NO_FIELDS, ...given }, world)).toEqual(problems);
});

test('a field of another kind is no problem of this one', () => {
  expect(eventProblems('newTopography', { ...NO_FIELDS, x: '-5' }, world)).toEqual({});
});
