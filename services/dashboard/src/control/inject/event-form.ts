import type { EventRequest } from '../../../../protocol/colony/colony-event.ts';
import { TICK_MAX } from '../../../../protocol/common/limits.ts';
import { EVENT_BOUNDS, type EventKind } from '../../../../world/events/events.ts';
import { boundsText, type Problems, wholeNumber } from '../../text/form-text.ts';

/** An event as it is typed in. Every field is text; '' is left to chance. */
export type EventFields = Readonly<Record<EventField, string>>;

const NUMBER_FIELDS = [
  'x',
  'y',
  'radiusX',
  'radiusY',
  'size',
  'amount',
  'percent',
  'draw',
] as const;
type NumberFieldName = (typeof NUMBER_FIELDS)[number];
export type EventField = NumberFieldName | 'canKill' | 'canMove' | 'colour' | 'rule' | 'tick';

/** The fields of each kind, in the order in which they are shown. */
export const FIELDS_OF: Readonly<Record<EventKind, readonly EventField[]>> = {
  createCreature: ['x', 'y', 'radiusX', 'radiusY', 'size', 'canKill', 'canMove', 'colour'],
  extraFood: ['amount'],
  ruleChange: ['rule', 'percent'],
  newTopography: [],
  extinction: ['draw'],
  foodDrop: ['x', 'y', 'radiusX', 'radiusY', 'amount'],
};

/** What each kind is called, and what it does. */
export const KIND_TEXTS: Readonly<Record<EventKind, { title: string; text: string }>> = {
  createCreature: {
    title: 'New species',
    text: 'An ellipse is filled with creatures of one kind, in place of those that live there.',
  },
  extraFood: {
    title: 'Growth of food',
    text: 'More or less food grows in every cell from then on.',
  },
  ruleChange: {
    title: 'Change of a rule',
    text: 'One rule changes by a share of its value, within its bounds.',
  },
  newTopography: {
    title: 'New land',
    text: 'Other rivers, another fertility; creatures stay where they are.',
  },
  extinction: {
    title: 'Extinction',
    text: 'Each tile of the world is wiped of creatures with a chance of one half.',
  },
  foodDrop: {
    title: 'Food on a spot',
    text: 'Food falls on an ellipse, once, on top of what lies there.',
  },
};

export const NO_FIELDS: EventFields = {
  ...{ x: '', y: '', radiusX: '', radiusY: '', size: '', amount: '', percent: '', draw: '' },
  ...{ canKill: '', canMove: '', colour: '', rule: '', tick: '' },
};

interface World {
  width: number;
  height: number;
}

/** The least and the greatest value of a number of an event of a kind in a world. */
export function eventBounds(
  kind: EventKind,
  field: NumberFieldName | 'tick',
  world: World,
): readonly [number, number] {
  const isDrop = kind === 'foodDrop';
  switch (field) {
    case 'x':
      return [0, world.width - 1];
    case 'y':
      return [0, world.height - 1];
    case 'radiusX':
    case 'radiusY':
      return isDrop ? EVENT_BOUNDS.dropRadius : EVENT_BOUNDS.radius;
    case 'size':
      return EVENT_BOUNDS.size;
    case 'amount':
      return isDrop ? EVENT_BOUNDS.dropAmount : upAndDown(EVENT_BOUNDS.amount);
    case 'percent':
      return upAndDown(EVENT_BOUNDS.percent);
    case 'draw':
      return EVENT_BOUNDS.draw;
    case 'tick':
      return [0, TICK_MAX];
  }
}

/** A change of something, up or down: all in these bounds but 0. */
const upAndDown = ([, most]: readonly [number, number]) => [-most, most] as const;

const isNumberField = (field: EventField): field is NumberFieldName =>
  (NUMBER_FIELDS as readonly string[]).includes(field);

/** What is wrong with the fields of a kind before they are sent. */
export function eventProblems(kind: EventKind, fields: EventFields, world: World): Problems {
  const problems: Record<string, string> = {};
  for (const field of [...FIELDS_OF[kind], 'tick'] as const) {
    if (fields[field] === '' || !(field === 'tick' || isNumberField(field))) continue;
    const bounds = eventBounds(kind, field, world);
    const value = wholeNumber(fields[field], bounds);
    const isChange = bounds[0] < 0;
    if (value === undefined || (isChange && value === 0)) {
      const not0 = isChange ? ', not 0' : '';
      problems[field] = `A whole number, ${boundsText(bounds)}${not0}.`;
    }
  }
  return problems;
}

/** What is sent of fields without problems: those that are left to chance are left out. */
export function eventRequestOf(kind: EventKind, fields: EventFields): EventRequest {
  const request: Record<string, unknown> = { kind };
  for (const field of [...FIELDS_OF[kind], 'tick'] as const) {
    const text = fields[field];
    if (text === '') continue;
    if (field === 'rule') request[field] = text;
    else if (field === 'canKill' || field === 'canMove') request[field] = text === 'yes';
    else if (field === 'colour') request[field] = Number.parseInt(text.slice(1), 16);
    else request[field] = Number(text);
  }
  return request as unknown as EventRequest;
}
