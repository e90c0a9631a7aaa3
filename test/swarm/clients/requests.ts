import { EVENT_KINDS } from '../../../services/world/events/events.ts';
import type { Draws } from '../draw/draws.ts';
import type { Ask, AskKind } from './asks.ts';

/** One request, and what it asks for if that changes something. */
export interface AskRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: string;
  ask?: Omit<Ask, 'sentMs'>;
}

/** What a client has heard of the colony last. */
export interface Knowledge {
  instanceId: string | undefined;
  sequence: number | undefined;
}

/** Few, so that clients share them, use them again, and race for them. */
const START_KEYS = ['K1', 'K2', 'K3', 'K4', 'K5', 'K6'];
const STEP_KEYS = 10;
const EVENT_KEYS = 20;
/** Without a pace a world whose ticks take no time would be at its horizon at once, again and again. */
const PACES = [1, 2, 5, 10];

const post = (kind: AskKind, about: string, path: string, body?: object): AskRequest => ({
  method: 'POST',
  path,
  ask: { kind, about },
  ...(body && { body: JSON.stringify(body) }),
});

const read = (path: string) => (): AskRequest => ({ method: 'GET', path });

/** The requests that clients make. */
export const REQUESTS = {
  start: (draws: Draws) => {
    const key = draws.pick(START_KEYS);
    const wait = draws.chance(0.5) ? `&wait=${draws.whole(1, 25)}` : '';
    return post('start', key, `/colony-start?idempotency_key=${key}${wait}`);
  },
  stop: (_: Draws, { instanceId = 'unknown' }: Knowledge) =>
    post('stop', instanceId, `/colony-stop?colony_instance_id=${instanceId}`),
  pause: () => post('pause', '', '/colony-pause'),
  resume: () => post('resume', '', '/colony-resume'),
  step: (draws: Draws) => {
    const key = `S${draws.whole(1, STEP_KEYS)}`;
    // A key says how many ticks, so that one that is used again asks for the same.
    const ticks = (Number(key.slice(1)) * 7) % 60 || 1;
    return post('step', key, `/colony-step?ticks=${ticks}&idempotency_key=${key}`);
  },
  pace: (draws: Draws) => {
    const ticksPerSecond = draws.pick(PACES);
    return {
      ...post('pace', String(ticksPerSecond), '/colony-pace', { ticksPerSecond }),
      method: 'PUT',
    } satisfies AskRequest;
  },
  scale: (draws: Draws) => {
    const backends = draws.whole(1, 6);
    return {
      ...post('scale', String(backends), '/colony-scale', { backends }),
      method: 'PUT',
    } satisfies AskRequest;
  },
  inject: (draws: Draws) => {
    const key = `E${draws.whole(1, EVENT_KEYS)}`;
    const kind = EVENT_KINDS[Number(key.slice(1)) % EVENT_KINDS.length];
    return post('inject', key, `/colony-events?idempotency_key=${key}`, { kind });
  },
  cancel: (_: Draws, { sequence = 1 }: Knowledge) => ({
    ...post('cancel', String(sequence), `/colony-events/${sequence}`),
    method: 'DELETE' as const,
  }),
  view: read('/colony'),
  digests: read('/digests'),
  checkpoints: read('/checkpoints'),
  events: read('/colony-events'),
  statistics: read('/statistics'),
  cluster: read('/cluster'),
  topology: read('/topology'),
  surveys: read('/surveys'),
  pictures: read('/pictures'),
  frame: read('/frame'),
  tiles: read('/tiles?layer=colour'),
  cells: read('/cells?x=-2&y=-2&width=5&height=5'),
  health: read('/healthz'),
} as const satisfies Record<string, (draws: Draws, knows: Knowledge) => AskRequest>;
