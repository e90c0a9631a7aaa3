import type { Context, MiddlewareHandler } from 'hono';
import type { BodyBudget } from '../../../platform/http/body-budget.ts';
import { readBoundedBody } from '../../../platform/http/bounded-body.ts';
import { ColonyError } from '../../../protocol/common/errors.ts';
import { BODY_MAX_BYTES, hasBody } from './json-body.ts';

/**
 * Receives the whole body of a request before its route is asked.
 *
 * @throws CONTENT_ENCODING_UNKNOWN if it is compressed; what `readBoundedBody` throws.
 */
export function receiveBody(budget: BodyBudget): MiddlewareHandler {
  return async (c, next) => {
    // No Request can be made of a TRACE, which has no body.
    if (hasBody(c.req.method) && c.req.method !== 'TRACE') {
      assertNotEncoded(c);
      const { raw } = c.req;
      const body = await readBoundedBody(raw, BODY_MAX_BYTES, budget);
      const { url, method, headers, signal } = raw;
      const whole = body as Uint8Array<ArrayBuffer>;
      c.req.raw = new Request(url, { method, headers, signal, body: whole });
    }
    await next();
  };
}

/** `identity` means that it is not encoded. */
function assertNotEncoded(c: Context): void {
  const names = (c.req.header('Content-Encoding') ?? '').split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== '' && name.toLowerCase() !== 'identity');
  if (unknown === undefined) return;
  c.header('Accept-Encoding', 'identity');
  throw new ColonyError(
    'CONTENT_ENCODING_UNKNOWN',
    `the Content-Encoding is ${JSON.stringify(unknown.slice(0, 60))}; bodies are taken only as they are`,
  );
}
