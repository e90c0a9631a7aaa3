import { ERRORS, type ErrorCode } from '../../../services/protocol/common/error-codes.ts';
import { holds } from '../target.ts';

/**
 * What came of a request: its status if it was done, else the code of its problem document, which must be a known
 * one, of this status, and not that of a bug.
 */
export async function outcomeOf(answer: Response): Promise<string> {
  const { status, headers } = answer;
  const body = await answer.arrayBuffer();
  if (status < 400) return String(status);
  const text = new TextDecoder().decode(body);
  // A HEAD is answered without the document.
  if (text === '' && headers.get('content-type') === 'application/problem+json')
    return String(status);
  holds(
    headers.get('content-type') === 'application/problem+json',
    `${status} with no problem document: ${text.slice(0, 200)}`,
  );
  const problem = JSON.parse(text) as {
    code: ErrorCode;
    status: number;
    detail: unknown;
    remedy: unknown;
  };
  holds(
    ERRORS[problem.code]?.status === status && problem.status === status,
    `${status} with ${text.slice(0, 300)}`,
  );
  holds(
    typeof problem.detail === 'string' && typeof problem.remedy === 'string',
    'nothing is said',
  );
  holds(problem.code !== 'INTERNAL', `INTERNAL: ${problem.detail}`);
  return problem.code;
}
