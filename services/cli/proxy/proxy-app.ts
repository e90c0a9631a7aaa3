import { readBoundedBody } from '../../platform/http/bounded-body.ts';
import { INCOMPLETE_HEADER } from '../../protocol/api/series-api.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { pickHeaders } from '../../protocol/common/pick-headers.ts';
import { CliError } from '../terminal/exit-codes.ts';
import { guard, type ProxyGuardOptions, refusal } from './proxy-guard.ts';
import { isPassed } from './proxy-routes.ts';

export interface ProxyOptions extends ProxyGuardOptions {
  /** Of the colony, without a trailing slash. */
  url: string;
  /** Signs, if that is needed. */
  fetch: typeof fetch;
  /** Of a whole answer. @default 16 MiB, above the largest picture */
  answerMaxBytes?: number;
  /** Until the answer begins and ends. @default 35 000 */
  timeoutMs?: number;
  /** Told of an answer that could not be had. */
  onProblem?: (message: string) => void;
}

const BODY_MAX_BYTES = 64 * 1024;
const ANSWER_MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 35_000;

/** Everything else is between the browser and the proxy, or between the proxy and the colony. */
const REQUEST_HEADERS = ['accept', 'content-type', 'idempotency-key', 'if-none-match'];
const ANSWER_HEADERS = [
  'allow',
  'cache-control',
  INCOMPLETE_HEADER,
  'content-security-policy',
  'content-type',
  'etag',
  'referrer-policy',
  'retry-after',
];
const WITHOUT_BODY = [204, 304];

/**
 * A colony behind API Gateway, served on loopback: a browser with the token of this run gets the page
 * and the API as if the colony ran here, and what passes is signed. It passes on nothing but the
 * API of this one colony, and neither cookies nor anything else of the browser.
 */
export function createProxy(o: ProxyOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const { method } = request;
    const { pathname, search } = new URL(request.url);
    const refused = guard(request, o);
    if (refused !== undefined) return refused;
    if (!isPassed(method, pathname)) return refusal(404, 'This is nothing of the colony.');
    try {
      return await pass(request, `${o.url}${pathname}${search}`, o);
    } catch (error) {
      if (error instanceof ColonyError) return refusal(error.status, `${error.message}.`);
      const reason = reasonOf(error);
      o.onProblem?.(`${method} ${pathname}: ${reason}`);
      return refusal(502, `The colony did not answer: ${reason}`);
    }
  };
}

async function pass(request: Request, target: string, o: ProxyOptions): Promise<Response> {
  const { answerMaxBytes = ANSWER_MAX_BYTES, timeoutMs = TIMEOUT_MS } = o;
  const { method } = request;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const body = hasBody ? await readBoundedBody(request, BODY_MAX_BYTES) : new Uint8Array(0);
  const answer = await o.fetch(target, {
    method,
    headers: pickHeaders(request.headers, REQUEST_HEADERS),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
    ...(body.byteLength > 0 && { body: body as Uint8Array<ArrayBuffer> }),
  });
  const { status } = answer;
  if (status >= 300 && status < 400 && status !== 304) {
    await answer.body?.cancel();
    throw new Error(`it answers ${status}, which is none of the API`);
  }
  const headers = pickHeaders(answer.headers, ANSWER_HEADERS);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  const isEmpty = WITHOUT_BODY.includes(status) || method === 'HEAD' || answer.body === null;
  const bounded = isEmpty ? null : answer.body?.pipeThrough(atMost(answerMaxBytes));
  return new Response(bounded, { status, headers });
}

/** Ends an answer that is longer with an error: the browser sees that it is not whole. */
function atMost(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) controller.error(new Error(`more than ${maxBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  return (error.cause as { code?: string } | undefined)?.code ?? error.message;
}
