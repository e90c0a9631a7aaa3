import type { ColonyView } from '../../protocol/api/public-api.ts';
import type { ColonyEvent } from '../../protocol/colony/colony-event.ts';
import type { Problem } from '../../protocol/common/errors.ts';
import {
  type PictureHeader,
  type PictureRect,
  readPictureHeader,
} from '../../protocol/wire/picture-codec.ts';
import type { Layer } from '../../world/measuring/layers.ts';

const TIMEOUT_MS = 15_000;

/** The API answered with a refusal; the message is for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** No answer came: the server is gone or the network is. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...init,
    });
  } catch (cause) {
    throw new ConnectionLost('the coordinator does not answer', { cause });
  }
  if (response.ok || response.status === 304) return response;
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<Refusal | ConnectionLost> {
  const problem = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined;
  if (problem?.code === undefined) {
    return new ConnectionLost(`something in between answered with status ${response.status}`);
  }
  const { title = 'Refused', detail = '' } = problem;
  return new Refusal(problem.code, detail === '' ? title : `${title}: ${detail}`);
}

/** The body of an answer; a connection may be lost in the middle of it. */
async function read<T>(body: Promise<T>): Promise<T> {
  try {
    return await body;
  } catch (cause) {
    throw new ConnectionLost('the answer broke off', { cause });
  }
}

export async function fetchColony(): Promise<ColonyView> {
  return read((await request('colony')).json() as Promise<ColonyView>);
}

/** The newest events, those to come among them. */
export async function fetchEvents(limit: number): Promise<ColonyEvent[]> {
  return read((await request(`colony-events?limit=${limit}`)).json() as Promise<ColonyEvent[]>);
}

/** A picture as it came, and the tag to ask with for a newer one. */
export interface Picture {
  header: PictureHeader;
  bytes: Uint8Array<ArrayBuffer>;
  etag: string;
}

/** @returns undefined if the picture with this tag is still the newest. */
export async function fetchPicture(
  layer: Layer,
  rect: PictureRect,
  etag: string | undefined,
): Promise<Picture | undefined> {
  const query = new URLSearchParams({ layer });
  for (const [name, value] of Object.entries(rect)) query.set(name, String(value));
  const response = await request(`frame?${query}`, {
    headers: etag === undefined ? {} : { 'If-None-Match': etag },
  });
  if (response.status === 304) return undefined;
  const bytes = new Uint8Array(await read(response.arrayBuffer()));
  return { header: readPictureHeader(bytes), bytes, etag: response.headers.get('ETag') ?? '' };
}

const post = (path: string) => request(path, { method: 'POST' });

export const pause = () => post('colony-pause');
export const resume = () => post('colony-resume');

export const start = (key: string) =>
  post(`colony-start?${new URLSearchParams({ idempotency_key: key })}`);

export const step = (key: string, ticks: number) =>
  post(`colony-step?${new URLSearchParams({ idempotency_key: key, ticks: String(ticks) })}`);

/** @param ticksPerSecond null: as fast as possible. */
export const setPace = (ticksPerSecond: number | null) =>
  request('colony-pace', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ticksPerSecond }),
  });
