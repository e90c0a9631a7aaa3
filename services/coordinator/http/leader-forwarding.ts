import type { Context, MiddlewareHandler } from 'hono';
import { z } from 'zod';
import { INCOMPLETE_HEADER } from '../../protocol/api/series-api.ts';
import { ERRORS } from '../../protocol/common/error-codes.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { parseJson } from '../../protocol/common/json.ts';
import { pickHeaders } from '../../protocol/common/pick-headers.ts';
import { FORWARDED_HEADER } from './forwarded.ts';
import type { HttpEnv, HttpOptions } from './http-options.ts';
import { hasBody } from './requests/json-body.ts';

/** How long a standby waits for a leader where it has an answer of its own. */
const PATIENCE_MS = 1_500;

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
  INCOMPLETE_HEADER,
  'content-disposition',
  'content-encoding',
  'content-type',
  'etag',
  'retry-after',
  'vary',
];

const endingSchema = z.object({ code: z.literal('SHUTTING_DOWN') });

/**
 * Middleware of routes that only the leader can answer: a standby passes them on to the leader.
 *
 * @param options.orAnswerHere the route has an answer of its own for when the leader gives none: it does
 *   not answer, or says that its process ends.
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
      const limits = options.orAnswerHere ? { timeoutMs: PATIENCE_MS } : {};
      const answer = await passOn(c, http, leaderAddress, limits);
      return options.orAnswerHere && (await isOfEnding(answer)) ? next() : answer;
    } catch (error) {
      if (options.orAnswerHere) return next();
      throw error;
    }
  };
}

/** Whether the leader's process ends and no longer answers. */
async function isOfEnding(answer: Response): Promise<boolean> {
  if (answer.status !== ERRORS.SHUTTING_DOWN.status) return false;
  return endingSchema.safeParse(parseJson(await answer.clone().text())).success;
}

async function passOn(
  c: Context<HttpEnv>,
  { forward, log }: HttpOptions,
  leaderAddress: string | undefined,
  limits: { timeoutMs?: number },
): Promise<Response> {
  if (c.req.header(FORWARDED_HEADER) !== undefined) {
    throw new ColonyError('NO_LEADER', 'this coordinator was taken for the leader but is not');
  }
  if (forward === undefined || leaderAddress === undefined) {
    throw new ColonyError('NO_LEADER', 'this coordinator does not lead and knows of no leader');
  }
  const { pathname, search } = new URL(c.req.url);
  const headers = pickHeaders(c.req.raw.headers, REQUEST_HEADERS);
  headers.set(FORWARDED_HEADER, '1');
  headers.set('x-request-id', c.get('requestId'));
  const { method } = c.req;
  const request = new Request(new URL(pathname + search, leaderAddress), {
    method,
    headers,
    ...(hasBody(method) && { body: await c.req.arrayBuffer() }),
  });
  let answer: Response;
  try {
    answer = await forward(request, limits);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.info({ reason, leaderAddress, path: pathname }, 'the leader did not answer');
    throw new ColonyError('NO_LEADER', `the leader at ${leaderAddress} does not answer`, {
      cause: error,
    });
  }
  const { body, status } = answer;
  return new Response(body, { status, headers: pickHeaders(answer.headers, RESPONSE_HEADERS) });
}
