import { Agent, request as send } from 'undici';
import type { Clock } from '../../platform/runtime/clock.ts';
import { beforeDeadline } from '../../platform/runtime/deadline.ts';
import { PICTURE_HEADER_BYTES, PICTURE_MAX_BYTES } from '../../protocol/wire/picture-codec.ts';
import type { ForwardFunction } from './http-options.ts';

const TIMEOUT_MS = 5_000;
/** The largest answer there is: a picture that does not compress. */
const ANSWER_MAX_BYTES = PICTURE_MAX_BYTES + PICTURE_HEADER_BYTES + 64 * 1024;
const WITHOUT_BODY = [204, 205, 304];

/**
 * Forwards over pooled connections, bounded in time and size; bodies are passed as they are,
 * compressed or not.
 *
 * @returns `close` ends the connections.
 */
export function createForward(options: {
  clock: Clock;
  timeoutMs?: number;
  answerMaxBytes?: number;
}): { forward: ForwardFunction; close: () => Promise<void> } {
  const { clock, answerMaxBytes = ANSWER_MAX_BYTES } = options;
  const agent = new Agent({ connections: 16, pipelining: 1, maxResponseSize: answerMaxBytes });

  const forward: ForwardFunction = async (request, limits = {}) => {
    const timeoutMs = limits.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS;
    const reason = new Error(`no whole answer within ${timeoutMs} ms`);
    return beforeDeadline(clock, timeoutMs, { reason }, async (signal) => {
      const body = new Uint8Array(await request.arrayBuffer());
      const answer = await send(request.url, {
        method: request.method as 'GET',
        headers: Object.fromEntries(request.headers),
        body: body.byteLength > 0 ? body : null,
        dispatcher: agent,
        signal,
      });
      const bytes = await answer.body.arrayBuffer();
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined) headers.set(name, String(value));
      }
      const hasBody = !WITHOUT_BODY.includes(answer.statusCode) && request.method !== 'HEAD';
      return new Response(hasBody ? bytes : null, { status: answer.statusCode, headers });
    });
  };
  return { forward, close: () => agent.close() };
}
