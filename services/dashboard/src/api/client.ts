import type { ClusterHistoryView } from '../../../protocol/api/cluster-history.ts';
import type {
  CheckpointView,
  ColonyView,
  RunAnswer,
  StartAnswer,
  StopAnswer,
  StoredPicturesView,
} from '../../../protocol/api/public-api.ts';
import type { ColonyEvent, EventRequest } from '../../../protocol/colony/colony-event.ts';
import type { ClientSpec } from '../../../protocol/colony/spec.ts';
import { below } from './answer-shape.ts';
import { jsonBody, readJson } from './request.ts';

/** What the page shows of a colony in any case. */
const COLONY_NEEDS = [
  ...['name', 'status', 'phase', 'colonyInstanceId', 'tick', 'paused', 'rules', 'checkpoint'],
  ...['recovery', 'coordinators[].leads', 'leader.epoch', 'lastDigest.digest', 'statistics.values'],
  ...below('ticksPerSecond', ['achieved', 'asked']),
  ...['spec', 'defaultSpec'].flatMap((spec) => below(spec, ['width', 'height', 'seed', 'rules'])),
  ...below('backends[]', ['id', 'state', 'tick', 'waitingFor', 'waiting', 'trouble']),
];

export const fetchColony = () => readJson<ColonyView>('colony', {}, COLONY_NEEDS);

/** The checkpoints that are kept, newest first. */
export const fetchCheckpoints = () => readJson<CheckpointView[]>('checkpoints');

/** A stored picture of the world. */
export type StoredPicture = StoredPicturesView['pictures'][number] & { colonyInstanceId: string };

/**
 * The stored picture of the world that is nearest to a tick; undefined: none is stored.
 *
 * @param signal breaks the request off
 * @param within only of these ticks
 */
export async function fetchPictureNear(
  tick: number,
  signal: AbortSignal,
  within: { from?: number; to?: number } = {},
): Promise<StoredPicture | undefined> {
  const query = new URLSearchParams({ near: String(tick) });
  for (const [name, bound] of Object.entries(within)) query.set(name, String(bound));
  const { colonyInstanceId, pictures } = await readJson<StoredPicturesView>(`pictures?${query}`, {
    signal,
  });
  const [nearest] = pictures;
  return nearest && { ...nearest, colonyInstanceId };
}

/** The address of a stored picture; with its colony it is kept by the browser. */
export const picturePath = (tick: number, colonyInstanceId?: string): string =>
  colonyInstanceId === undefined
    ? `pictures/${tick}`
    : `pictures/${tick}?${new URLSearchParams({ colony_instance_id: colonyInstanceId })}`;

/** How the processes did; with `since` only what came after that moment of the leader's memory. */
export const fetchClusterHistory = (since?: number) =>
  readJson<ClusterHistoryView>(since === undefined ? 'cluster' : `cluster?since=${since}`);

/** The newest events, those to come among them; with `from` those from that tick on. */
export function fetchEvents(limit: number, from?: number): Promise<ColonyEvent[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (from !== undefined) query.set('from', String(from));
  return readJson<ColonyEvent[]>(`colony-events?${query}`);
}

/**
 * A key for one intent; kept until it is answered, so that trying again does nothing twice.
 *
 * @returns 24 hexadecimal digits.
 */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

const keyed = (key: string, more: Record<string, string> = {}) =>
  new URLSearchParams({ idempotency_key: key, ...more });

export const start = (key: string, spec: ClientSpec) =>
  readJson<StartAnswer>(`colony-start?${keyed(key)}`, jsonBody('POST', spec));

/** @param colonyInstanceId the one that is meant: another that runs meanwhile goes on. */
export const stop = (colonyInstanceId: string) =>
  readJson<StopAnswer>(
    `colony-stop?${new URLSearchParams({ colony_instance_id: colonyInstanceId })}`,
    { method: 'POST' },
  );

export const pause = () => readJson<RunAnswer>('colony-pause', { method: 'POST' });
export const resume = () => readJson<RunAnswer>('colony-resume', { method: 'POST' });

export const step = (key: string, ticks: number) =>
  readJson<RunAnswer>(`colony-step?${keyed(key, { ticks: String(ticks) })}`, { method: 'POST' });

/** @param ticksPerSecond null: as fast as possible. */
export const setPace = (ticksPerSecond: number | null) =>
  readJson<RunAnswer>('colony-pace', jsonBody('PUT', { ticksPerSecond }));

/** @returns the event with nothing left open. */
export const inject = (key: string, event: EventRequest) =>
  readJson<ColonyEvent>(`colony-events?${keyed(key)}`, jsonBody('POST', event));

export const cancelEvent = (sequence: number) =>
  readJson<ColonyEvent>(`colony-events/${sequence}`, { method: 'DELETE' });
