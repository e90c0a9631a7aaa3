import { ColonyError, PROBLEM_CONTENT_TYPE, problemOf } from '../../protocol/common/errors.ts';

/** What passes by itself has passed by then, or another process answers. */
const RETRY_AFTER_S = 1;

/** The headers that tell a client when to try again; none where that is of no use. */
export const retryAfter = (status: number): Record<string, string> =>
  status === 503 || status === 429 ? { 'retry-after': String(RETRY_AFTER_S) } : {};

/** An error as an answer (RFC 9457). */
export function problemAnswer(error: ColonyError): Response {
  const { status } = error;
  const headers = {
    'content-type': PROBLEM_CONTENT_TYPE,
    'cache-control': 'no-store',
    ...retryAfter(status),
  };
  return Response.json(problemOf(error), { status, headers });
}

/** Answers in place of an app that is made a moment after its port is known. */
export const notReadyYet = (): Response =>
  problemAnswer(new ColonyError('NO_LEADER', 'this process has only begun'));
