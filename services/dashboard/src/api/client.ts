import type { ColonyView, RunAnswer, StartAnswer } from '../../../protocol/api/public-api.ts';
import type { ColonyEvent } from '../../../protocol/colony/colony-event.ts';
import type { ClientSpec } from '../../../protocol/colony/spec.ts';
import {
  type PictureHeader,
  type PictureRect,
  readPictureHeader,
} from '../../../protocol/wire/picture-codec.ts';
import type { Layer } from '../../../world/measuring/layers.ts';
import { jsonBody, read, readJson, request } from './request.ts';

export const fetchColony = () => readJson<ColonyView>('colony');

/** The newest events, those to come among them; with `from` those from that tick on. */
export function fetchEvents(limit: number, from?: number): Promise<ColonyEvent[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (from !== undefined) query.set('from', String(from));
  return readJson<ColonyEvent[]>(`colony-events?${query}`);
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

export const pause = () => readJson<RunAnswer>('colony-pause', { method: 'POST' });
export const resume = () => readJson<RunAnswer>('colony-resume', { method: 'POST' });

export const step = (key: string, ticks: number) =>
  readJson<RunAnswer>(`colony-step?${keyed(key, { ticks: String(ticks) })}`, { method: 'POST' });

/** @param ticksPerSecond null: as fast as possible. */
export const setPace = (ticksPerSecond: number | null) =>
  readJson<RunAnswer>('colony-pace', jsonBody('PUT', { ticksPerSecond }));
