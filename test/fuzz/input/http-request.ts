import { z } from 'zod';
import { parseJson } from '../../../services/protocol/common/json.ts';

/** A request as an input says it; what it says in a form of no use is left out, and the rest is sent. */
const requestSchema = z.object({
  method: z.string().catch('GET'),
  path: z.string().catch('/colony'),
  /** Parameters by name, or as it stands in the address. */
  query: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .optional()
    .catch(undefined),
  headers: z.record(z.string(), z.coerce.string()).optional().catch(undefined),
  /** As it is, or as JSON. */
  body: z.unknown().optional(),
  /** Without a length, in chunks of so many bytes. */
  chunkBytes: z.number().optional().catch(undefined),
});
export type HttpInput = z.infer<typeof requestSchema>;

export const requestIn = (input: Uint8Array): HttpInput | undefined =>
  requestSchema.safeParse(parseJson(input)).data;

/** What is sent as a body; undefined for none. */
export function bodyOf({ body }: Pick<HttpInput, 'body'>): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined) return undefined;
  return new TextEncoder().encode(typeof body === 'string' ? body : textOf(body));
}

/** Of one that is too deep to be written by JSON.stringify another one that is deep. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '['.repeat(20_000) + ']'.repeat(20_000);
  }
}

function queryText(query: HttpInput['query']): string {
  if (typeof query === 'string') return `?${query}`;
  const pairs = Object.entries(query ?? {}).map(([name, value]) => {
    const text = typeof value === 'string' ? value : textOf(value);
    return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/**
 * The request to an origin; undefined where no parser of HTTP would let it through: those are the business of
 * `npm run siege`, which sends bytes.
 */
export function toRequest(input: HttpInput, origin: string): Request | undefined {
  try {
    const { method, path, query, headers = {}, chunkBytes } = input;
    const url = `${origin}/${path.replace(/^\//, '')}${queryText(query)}`;
    const body = bodyOf(input);
    const sent = body && chunkBytes !== undefined ? inChunks(body, chunkBytes) : body;
    const hasBody = method !== 'GET' && method !== 'HEAD' && sent !== undefined;
    return new Request(url, {
      method,
      headers,
      ...(hasBody && { body: sent, duplex: 'half' }),
    } as RequestInit);
  } catch {
    return undefined;
  }
}

function inChunks(body: Uint8Array, chunkBytes: number): ReadableStream<Uint8Array> {
  const step = Math.max(1, Math.min(65_536, Math.floor(chunkBytes)) || 1);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= body.length) controller.close();
      else controller.enqueue(body.slice(at, at + step));
      at += step;
    },
  });
}
