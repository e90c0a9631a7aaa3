import type { Problem } from '../../../protocol/common/errors.ts';
import { lackOf } from './answer-shape.ts';

const TIMEOUT_MS = 15_000;

/** The API answered with a refusal; the message is for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  /** What was wrong this time, without the title of the error. */
  readonly detail: string;

  constructor(code: string, title: string, detail: string) {
    super(detail === '' ? title : `${title}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

/** No answer came: the server is gone or the network is. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The server answered in a form that this page does not know. */
export class OtherBuild extends Error {
  override readonly name = 'OtherBuild';

  /** @param what was not understood, for those who look into it. */
  constructor(what: string, options?: ErrorOptions) {
    super(
      `The server is of another build than this page (${what}). Reload the page; while the colony is being upgraded, try again when that is done.`,
      options,
    );
  }
}

/**
 * Asks this server, and nobody else.
 *
 * @param path relative to the page.
 * @returns a good answer, or that nothing has changed (304).
 * @throws Refusal if the API refuses, ConnectionLost if none of it answers in time.
 */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  // One that is broken off is not waited for, but nothing waits for ever.
  const signal = init.signal ? AbortSignal.any([timeout, init.signal]) : timeout;
  try {
    response = await fetch(path, { cache: 'no-store', ...init, signal });
  } catch (cause) {
    throw new ConnectionLost('the coordinator does not answer', { cause });
  }
  if (response.ok || response.status === 304) return response;
  throw await refusalOf(response);
}

async function refusalOf(response: Response): Promise<Refusal | ConnectionLost> {
  const problem = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined;
  if (problem?.code === undefined) {
    return new ConnectionLost(`something in between answered with status ${response.status}`);
  }
  return new Refusal(problem.code, problem.title ?? 'Refused', problem.detail ?? '');
}

/** The body of an answer; a connection may be lost in the middle of it. */
export async function read<T>(body: Promise<T>): Promise<T> {
  try {
    return await body;
  } catch (cause) {
    throw new ConnectionLost('the answer broke off', { cause });
  }
}

/**
 * Asks for JSON; its shape is that of the route.
 *
 * @param needs what it must have to be shown, as `lackOf` takes it.
 * @throws OtherBuild if it lacks any of it.
 */
export async function readJson<T>(
  path: string,
  init: RequestInit = {},
  needs: readonly string[] = [],
): Promise<T> {
  const answer = await read((await request(path, init)).json() as Promise<T>);
  const lack = lackOf(answer, needs);
  if (lack === undefined) return answer;
  throw new OtherBuild(`${path.replace(/\?.*/, '')} lacks ${lack}`);
}

/** A request with a JSON body. */
export const jsonBody = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
