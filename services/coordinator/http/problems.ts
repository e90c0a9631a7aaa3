import { z } from '@hono/zod-openapi';
import type { Context, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { retryAfter } from '../../platform/http/problem-answer.ts';
import type { Log } from '../../platform/observability/log.ts';
import { ERRORS, type ErrorCode } from '../../protocol/common/error-codes.ts';
import { ColonyError, PROBLEM_CONTENT_TYPE, problemOf } from '../../protocol/common/errors.ts';
import type { HttpEnv } from './http-options.ts';

const problemSchema = z
  .looseObject({
    type: z.string().openapi({ example: 'urn:distributed-colony:error:BAD_REQUEST' }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ enum: Object.keys(ERRORS) }),
    detail: z.string().openapi({ description: 'What was wrong this time.' }),
    remedy: z.string().openapi({ description: 'What to do about it.' }),
  })
  .openapi('Problem', { description: 'Problem details (RFC 9457): how every error is answered.' });

const content = { [PROBLEM_CONTENT_TYPE]: { schema: problemSchema } };
type ProblemResponse = { description: string; content: typeof content };

/** Any request may be refused like this. */
const ANYWHERE: readonly ErrorCode[] = ['BAD_REQUEST', 'HOST_NOT_ALLOWED', 'INTERNAL'];
/** So may any request that changes something. */
export const ON_CHANGES = [
  'ORIGIN_NOT_ALLOWED',
  'BODY_TOO_LARGE',
  'CONTENT_ENCODING_UNKNOWN',
  'BODIES_BUSY',
] as const satisfies ErrorCode[];

/** The `responses` of a route for the codes it may be refused with, grouped by HTTP status. */
export function problemResponses(...codes: ErrorCode[]): Record<string, ProblemResponse> {
  const responses: Record<string, ProblemResponse> = {};
  for (const code of new Set([...ANYWHERE, ...codes])) {
    const { status, title } = ERRORS[code];
    const line = `\`${code}\`: ${title}`;
    const known = responses[status];
    responses[status] = { description: known ? `${known.description}; ${line}` : line, content };
  }
  return responses;
}

/** Answers an error as a problem document. */
export function problem(c: Context<HttpEnv>, error: ColonyError): Response {
  const body = { ...problemOf(error), requestId: c.get('requestId') };
  return c.body(JSON.stringify(body), error.status as ContentfulStatusCode, {
    'Content-Type': PROBLEM_CONTENT_TYPE,
    'Cache-Control': 'no-store',
    ...retryAfter(error.code),
  });
}

/** The one place where what was thrown becomes an answer. Bugs are logged and not described. */
export function answerError(log: Log): ErrorHandler<HttpEnv> {
  return (error, c) => {
    if (error instanceof ColonyError) return problem(c, error);
    if (error instanceof HTTPException && error.status < 500) {
      return problem(c, new ColonyError('BAD_REQUEST', error.message));
    }
    const requestId = c.get('requestId');
    const { method, path } = c.req;
    log.error({ err: error, stack: error.stack, requestId, method, path }, 'a request failed');
    return problem(c, new ColonyError('INTERNAL', `request ${requestId} failed unexpectedly`));
  };
}
