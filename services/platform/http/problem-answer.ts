import { type ErrorCode, passesByItself } from '../../protocol/common/error-codes.ts';
import { ColonyError, PROBLEM_CONTENT_TYPE, problemOf } from '../../protocol/common/errors.ts';

/** Of what passes by itself: by then it has passed, or another process answers. */
export const RETRY_SOON = { 'retry-after': '1' };

/** The headers that tell a client when to try again; none where that alone is of no use. */
export const retryAfter = (code: ErrorCode): Record<string, string> =>
  passesByItself(code) ? RETRY_SOON : {};

/** An error as an answer (RFC 9457). */
export function problemAnswer(error: ColonyError): Response {
  const { status } = error;
  const headers = {
    'content-type': PROBLEM_CONTENT_TYPE,
    'cache-control': 'no-store',
    ...retryAfter(error.code),
  };
  return Response.json(problemOf(error), { status, headers });
}

/** Answers in place of an app that is made a moment after its port is known. */
export const notReadyYet = (): Response =>
  problemAnswer(new ColonyError('NO_LEADER', 'this process has only begun'));
