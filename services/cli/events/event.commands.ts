import {
  type ColonyEvent,
  type EventRequest,
  eventRequestSchema,
} from '../../protocol/colony/colony-event.ts';
import { listedEventText } from '../../protocol/colony/event-text.ts';
import type { ApiClient } from '../client/api-client.ts';
import { keyOrNew } from '../client/idempotency-key.ts';
import { CliError, EXIT, type ExitCode } from '../terminal/exit-codes.ts';
import { problemsOf } from '../terminal/flag-names.ts';
import type { Output } from '../terminal/output.ts';

export interface EventsOptions {
  /** All from this tick on; without it the newest. */
  from?: number;
  limit: number;
  json?: boolean;
}

/** `colony events`: a line per event. */
export async function eventsCommand(
  client: ApiClient,
  { from, limit, json }: EventsOptions,
  output: Output,
): Promise<ExitCode> {
  const events = from === undefined ? await client.newestEvents(limit) : await client.events(from);
  if (json) {
    output.json(events);
    return EXIT.ok;
  }
  const { tick } = await client.colony();
  for (const event of events) output.line(lineOf(event, tick));
  return EXIT.ok;
}

export interface InjectOptions {
  key?: string;
  json?: boolean;
  /** What is said of the event, by the names of the API. */
  [detail: string]: unknown;
}

/** The names of what can be said of an event, in the API and as options. */
const EVENT_DETAILS = [
  'tick',
  'x',
  'y',
  'radiusX',
  'radiusY',
  'size',
  'canKill',
  'canMove',
  'colour',
  'amount',
  'rule',
  'percent',
  'draw',
] as const;

/** `colony inject`: one event, once per key. */
export async function injectCommand(
  client: ApiClient,
  kind: string,
  options: InjectOptions,
  output: Output,
): Promise<ExitCode> {
  const request = requestOf(kind, options);
  const key = keyOrNew(options, 'event', 'Injecting', output);
  const event = await client.inject(key, request);
  if (options.json) output.json({ ...event, idempotencyKey: key });
  else output.line(lineOf(event));
  return EXIT.ok;
}

/** `colony events cancel`: an injected event that has not happened yet. */
export async function cancelCommand(
  client: ApiClient,
  sequence: number,
  { json }: { json?: boolean },
  output: Output,
): Promise<ExitCode> {
  const event = await client.cancelEvent(sequence);
  if (json) output.json(event);
  else output.line(lineOf(event));
  return EXIT.ok;
}

/** What is asked for; a detail that does not belong to the kind is refused here already. */
function requestOf(kind: string, options: InjectOptions): EventRequest {
  const given = EVENT_DETAILS.map((name) => [name, options[name]] as const);
  const details = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const request = eventRequestSchema.safeParse({ kind, ...details });
  if (request.success) return request.data;
  throw new CliError(`The event ${kind} is not valid: ${problemsOf(request.error)}.`, EXIT.usage);
}

/** @param now the tick of the world; null: what is still to come is not marked. */
function lineOf(event: ColonyEvent, now: number | null = null): string {
  const origin = event.sequence === null ? 'random' : `injected ${event.sequence}`;
  const when = [`tick ${event.tick}`, ...upcoming(event, now)].join(', ');
  return `${when}, ${origin}: ${listedEventText(event)}`;
}

/** Events of the tick of the world itself are still to come. */
function upcoming({ tick, cancelled }: ColonyEvent, now: number | null): string[] {
  if (now === null || tick < now || cancelled) return [];
  const ahead = tick - now;
  if (ahead === 0) return ['upcoming now'];
  return [`upcoming in ${ahead} ${ahead === 1 ? 'tick' : 'ticks'}`];
}
