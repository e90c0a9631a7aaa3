import { request } from 'undici';
import { CollectedBytes } from '../http/collected-bytes.ts';
import { DIRECT } from './direct.ts';

const TIMEOUT_MS = 2_000;
const MAX_BYTES = 64 * 1024;

/**
 * Fetches the JSON at a URL, directly; throws if there is none. At most 64 KiB are read, and all of it,
 * from connecting to the last byte, takes `timeoutMs` at most: undici's own time-outs begin anew with each
 * byte that comes.
 */
export async function getJson(url: string, timeoutMs = TIMEOUT_MS): Promise<unknown> {
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort(new Error(`${url} gives no whole answer within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    const { statusCode, body } = await request(url, { signal: timeout.signal, dispatcher: DIRECT });
    const collected = new CollectedBytes(MAX_BYTES);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      // Leaving the loop destroys the body.
      if (!collected.append(chunk)) throw new Error(`${url} answers more than ${MAX_BYTES} bytes`);
    }
    if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
    return JSON.parse(new TextDecoder().decode(collected.bytes()));
  } finally {
    clearTimeout(timer);
  }
}
