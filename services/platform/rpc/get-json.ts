import { request } from 'undici';
import { DIRECT } from './direct.ts';

const TIMEOUT_MS = 2_000;
const MAX_BYTES = 64 * 1024;

/** Fetches the JSON at a URL, directly, bounded in size and time; throws if there is none. */
export async function getJson(url: string): Promise<unknown> {
  const { statusCode, body } = await request(url, {
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    dispatcher: DIRECT,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    // Leaving the loop destroys the body.
    if (bytes > MAX_BYTES) throw new Error(`${url} answers more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
