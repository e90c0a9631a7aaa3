import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { ColonyError } from '../../protocol/common/errors.ts';
import { problemAnswer } from '../http/problem-answer.ts';

/** Whoever looks at the process itself is still answered: it lives. */
const ALWAYS_ANSWERED = '/healthz';

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

/**
 * How a server ends without cutting anybody off: new requests are refused, those under way are
 * waited for.
 *
 *     refuse() ──▶ new requests: 503 SHUTTING_DOWN, Retry-After, Connection: close
 *     settled() ─▶ until the last answer is sent, or the time is over
 *
 * It goes on listening meanwhile: a refused connection tells a gateway nothing, and a 503 tells the
 * client when to try again. Readiness fails with the rest, without a word from the service.
 */
export class RequestDrain {
  readonly #underWay = new Set<ServerResponse>();
  #isRefusing = false;
  #waiting: (() => void)[] = [];

  /** Counts what the server is asked from now on, until each answer is sent or its client is gone. */
  watch(server: Server): void {
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.#underWay.add(response);
      if (this.#isRefusing) endConnectionWith(response);
      response.once('close', () => {
        this.#underWay.delete(response);
        if (this.#underWay.size === 0) this.#wake();
      });
    });
  }

  /** What answers as ever until `refuse` is called. */
  guard(fetch: Fetch): Fetch {
    return (request, env) => {
      const isAnswered = !this.#isRefusing || new URL(request.url).pathname === ALWAYS_ANSWERED;
      return isAnswered ? fetch(request, env) : refusal();
    };
  }

  refuse(): void {
    this.#isRefusing = true;
    for (const response of this.#underWay) endConnectionWith(response);
  }

  /** Resolves when no request is under way, after so long at the latest: whether none is. */
  async settled(atMostMs: number): Promise<boolean> {
    if (this.#underWay.size > 0 && atMostMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMostMs);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.#underWay.size === 0;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Nobody sends another request where this answer came from. */
function endConnectionWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

const refusal = (): Response =>
  problemAnswer(
    new ColonyError('SHUTTING_DOWN', 'this process ends and takes no further requests'),
  );
