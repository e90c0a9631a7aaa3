import type { Context, MiddlewareHandler } from 'hono';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { HttpEnv, HttpOptions } from './http-options.ts';
import { hasBody } from './requests/json-body.ts';

/** Marks a request that came from a standby: it is never forwarded again. */
const FORWARDED_HEADER = 'colony-forwarded';

const REQUEST_HEADERS = [
  'accept',
  'accept-encoding',
  'content-type',
  'idempotency-key',
  'if-none-match',
];
const RESPONSE_HEADERS = [
  'allow',
  'cache-control',
  'content-encoding',
  'content-type',
  'etag',
  'retry-after',
  'vary',
];

/**
 * Middleware of routes that only the leader can answer: a standby passes them on to the leader.
 *
 * @param options.orAnswerHere the route has an answer of its own for when the leader gives none.
 * @throws NO_LEADER if no leader is known or it does not answer.
 */
export function answeredByLeader(
  http: HttpOptions,
  options: { orAnswerHere?: boolean } = {},
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const { leads, leaderAddress } = http.service.leadership();
    if (leads) return next();
    try {
      return await passOn(c, http, leaderAddress);
    } catch (error) {
      if (options.orAnswerHere) return next();
      throw error;
    }
  };
}

async function passOn(
  c: Context<HttpEnv>,
  { forward, log }: HttpOptions,
  leaderAddress: string | undefined,
): Promise<Response> {
  if (c.req.header(FORWARDED_HEADER) !== undefined) {
    throw new ColonyError('NO_LEADER', 'this coordinator was taken for the leader but is not');
  }
  if (forward === undefined || leaderAddress === undefined) {
    throw new ColonyError('NO_LEADER', 'this coordinator does not lead and knows of no leader');
  }
  const { pathname, search } = new URL(c.req.url);
  const headers = new Headers({ [FORWARDED_HEADER]: '1', 'x-request-id': c.get('requestId') });
  copyHeaders(c.req.raw.headers, headers, REQUEST_HEADERS);
  const { method } = c.req;
  const request = new Request(new URL(pathname + search, leaderAddress), {
    method,
    headers,
    ...(hasBody(method) && { body: await c.req.arrayBuffer() }),
  });
  let answer: Response;
  try {
    answer = await forward(request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.info({ reason, leaderAddress, path: pathname }, 'the leader did not answer');
    throw new ColonyError('NO_LEADER', `the leader at ${leaderAddress} does not answer`, {
      cause: error,
    });
  }
  const passed = new Headers();
  copyHeaders(answer.headers, passed, RESPONSE_HEADERS);
  return new Response(answer.body, { status: answer.status, headers: passed });
}

function copyHeaders(from: Headers, to: Headers, names: readonly string[]): void {
  for (const name of names) {
    const value = from.get(name);
    if (value !== null) to.set(name, value);
  }
}
