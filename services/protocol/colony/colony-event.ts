import { z } from 'zod';
import { mix, SPREAD_N } from '../../world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_BOUNDS,
  EVENT_KINDS,
  type EventKind,
  type InjectedEvent,
  type WorldEvent,
} from '../../world/events/events.ts';
import { RULE_NAMES } from '../../world/spec/rules.ts';
import { WORLD_BOUNDS } from '../../world/spec/spec.ts';
import { sha256 } from '../common/canonical-json.ts';
import { TICK_MAX } from '../common/limits.ts';
import { type Bounds, within } from '../common/within.ts';

const COLOUR_MAX = 0xff_ffff;

/** An increase or a decrease, within bounds. */
const signed = ([min, max]: Bounds) =>
  z
    .int()
    .min(-max)
    .max(max)
    .refine((value) => Math.abs(value) >= min, {
      error: `expected ${min} to ${max}, or −${min} to −${max}`,
    });

type EventOf<K extends EventKind> = Extract<WorldEvent, { kind: K }>;
type Fields<K extends EventKind> = {
  [F in Exclude<keyof EventOf<K>, 'kind'>]: z.ZodType<EventOf<K>[F], EventOf<K>[F]>;
};

/** The centre of an ellipse: a cell of the largest world. */
const CENTRE = {
  x: within([0, WORLD_BOUNDS.width[1] - 1]),
  y: within([0, WORLD_BOUNDS.height[1] - 1]),
};

/** The fields of each kind of event. The schemas are derived from this table. */
const FIELDS: { readonly [K in EventKind]: Fields<K> } = {
  createCreature: {
    ...CENTRE,
    radiusX: within(EVENT_BOUNDS.radius),
    radiusY: within(EVENT_BOUNDS.radius),
    size: within(EVENT_BOUNDS.size),
    canKill: z.boolean(),
    canMove: z.boolean(),
    /** 0xRRGGBB. */
    colour: within([0, COLOUR_MAX]),
  },
  extraFood: { amount: signed(EVENT_BOUNDS.amount) },
  ruleChange: { rule: z.enum(RULE_NAMES), percent: signed(EVENT_BOUNDS.percent) },
  newTopography: {},
  extinction: { draw: within(EVENT_BOUNDS.draw) },
  foodDrop: {
    ...CENTRE,
    radiusX: within(EVENT_BOUNDS.dropRadius),
    radiusY: within(EVENT_BOUNDS.dropRadius),
    amount: within(EVENT_BOUNDS.dropAmount),
  },
};

/**
 * Events of all kinds, distinguished by `kind`.
 *
 * @typeParam T what they are; it follows from WorldEvent as FIELDS does.
 */
function anyKind<T extends { kind: EventKind }>(schemaOf: (kind: EventKind) => z.ZodObject) {
  const [first, ...others] = EVENT_KINDS;
  const union = z.discriminatedUnion('kind', [schemaOf(first), ...others.map(schemaOf)]);
  return union as z.ZodType as z.ZodType<T, T>;
}

/** An event as record, log and heartbeats have it: every field is set. */
const worldEventSchema = anyKind<WorldEvent>((kind) =>
  z.strictObject({ kind: z.literal(kind), ...FIELDS[kind] }),
);

const tick = within([0, TICK_MAX]);
const sequence = z.int().min(1);

/**
 * Takes an injected event out of the world before it happens. It has a sequence of its own and the tick of the
 * event: whoever may run beyond that tick must know it, as it must know an event.
 */
const cancellationSchema = z.strictObject({ kind: z.literal('cancellation'), cancels: sequence });
type Cancellation = z.infer<typeof cancellationSchema>;

/** What is injected: an event, or that an earlier one is not to happen. */
const injectedSchema: z.ZodType<WorldEvent | Cancellation, WorldEvent | Cancellation> = z.union([
  worldEventSchema,
  cancellationSchema,
]);

/** An entry of the event log as backends receive it. */
export const handedEventSchema = z.strictObject({ sequence, tick, event: injectedSchema });
export type HandedEvent = z.infer<typeof handedEventSchema>;

/** 128 bits of the SHA-256 of a request's key or body: enough to distinguish any two. */
export const requestHashOf = (text: string): string => sha256(text).slice(0, 32);

/** An injected event, or a cancellation, as record and log keep it. */
export const loggedEventSchema = z.strictObject({
  sequence,
  tick,
  /** Recognises a repeated request. */
  keyHash: z.string().length(32),
  /** Recognises a key that comes with another body. */
  bodyHash: z.string().length(32),
  event: injectedSchema,
});
export type LoggedEvent = z.infer<typeof loggedEventSchema>;

/** An entry of the log that is an event. */
export type LoggedWorldEvent = LoggedEvent & { event: WorldEvent };

export const isWorldEvent = (entry: LoggedEvent): entry is LoggedWorldEvent =>
  entry.event.kind !== 'cancellation';

/** The sequences of the events that entries of the log cancel. */
export const cancelledBy = (entries: readonly LoggedEvent[]): number[] =>
  entries.flatMap(({ event }) => (event.kind === 'cancellation' ? [event.cancels] : []));

/** The fields of an event that a request may leave out, and the tick that it asks for. */
export type EventRequest = {
  [K in EventKind]: { kind: K; tick?: number | undefined } & {
    [F in Exclude<keyof EventOf<K>, 'kind'>]?: EventOf<K>[F] | undefined;
  };
}[EventKind];

/** Body of `POST /colony-events`: what is left out is drawn; without a tick as soon as possible. */
export const eventRequestSchema = anyKind<EventRequest>((kind) =>
  z.strictObject({
    kind: z.literal(kind),
    tick: tick.optional(),
    ...z.object(FIELDS[kind]).partial().shape,
  }),
);

/** Fills the fields that a request leaves out, by draws that depend only on instance and sequence. */
export function resolveEvent(
  { tick: _, ...given }: EventRequest,
  place: { colonyInstanceId: string; sequence: number; width: number; height: number },
): WorldEvent {
  const { colonyInstanceId, sequence: number, ...world } = place;
  const key = Number.parseInt(sha256(`${colonyInstanceId}#${number}`).slice(0, 8), 16);
  const draw = (j: number) => mix((key + Math.imul(j, SPREAD_N)) | 0);
  return { ...drawEvent(given.kind, draw, world), ...given } as WorldEvent;
}

/** Says in one line what in a request lies outside the world; undefined if nothing does. */
export function eventRequestProblem(
  request: EventRequest,
  { width, height }: { width: number; height: number },
): string | undefined {
  if (request.kind !== 'createCreature' && request.kind !== 'foodDrop') return undefined;
  const { x = 0, y = 0 } = request;
  if (x < width && y < height) return undefined;
  return `the centre (${x}, ${y}) is not a cell of a world of ${width} x ${height}`;
}

/** An event as it is listed, with its origin. */
export type ColonyEvent = WorldEvent & {
  /** An injected event's number, from 1; null for a random event. */
  sequence: number | null;
  tick: number;
  origin: 'random' | 'injected';
  /** Present if it was cancelled before its tick: then it does not happen. */
  cancelled?: true | undefined;
  /** Of a listed change of a rule: the value of the rule before it and after, by the events known now. */
  before?: number | undefined;
  after?: number | undefined;
};
export const colonyEventSchema = anyKind<ColonyEvent>((kind) =>
  z.object({
    sequence: sequence.nullable(),
    tick,
    origin: z.enum(['random', 'injected']),
    cancelled: z.literal(true).optional(),
    kind: z.literal(kind),
    ...FIELDS[kind],
    ...(kind === 'ruleChange' && { before: z.int().optional(), after: z.int().optional() }),
  }),
);

/** An event as it is listed; a random one has no sequence. */
export const colonyEventOf = (
  e: { sequence: number | null; tick: number; event: WorldEvent },
  isCancelled = false,
): ColonyEvent => ({
  sequence: e.sequence,
  tick: e.tick,
  origin: e.sequence === null ? 'random' : 'injected',
  ...(isCancelled && { cancelled: true }),
  ...e.event,
});

/** The injected events among listed ones, as a replay needs them: without those that were cancelled. */
export function injectedEventsOf(listedEvents: readonly ColonyEvent[]): InjectedEvent[] {
  return listedEvents.flatMap((listed) => {
    const { sequence: number, tick: at, origin, cancelled, before, after, ...event } = listed;
    return number === null || origin === 'random' || cancelled
      ? []
      : [{ sequence: number, tick: at, event: worldEventSchema.parse(event) }];
  });
}
