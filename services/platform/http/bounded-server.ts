import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { answerClientErrors, refuseUnreadable } from './client-errors.ts';
import { boundConnections, CONNECTION_LIMITS, type ConnectionLimits } from './connection-bounds.ts';
import { boundSending, SEND_LIMITS, type SendLimits } from './send-bounds.ts';

/**
 * Bounds on what callers of a port may use up, whoever they are: time, connections, and memory for
 * answers that are not taken. Bodies are bounded where they are read (bounded-body.ts).
 */
export interface HttpBounds {
  /** For the head of a request, and for head and body together. Who is not done by then is cut off. */
  receiveTimeoutMs: number;
  /** How often that is looked at, which adds to it. */
  receiveCheckMs: number;
  connections: ConnectionLimits;
  sending: SendLimits;
}

export const HTTP_BOUNDS: HttpBounds = {
  // Together 10 s at most.
  receiveTimeoutMs: 8_000,
  receiveCheckMs: 2_000,
  connections: CONNECTION_LIMITS,
  sending: SEND_LIMITS,
};

/** Of a body that nobody reads any more. */
const DROPPED_CHUNKS_MAX = 4_096;

/** Why a connection was closed. */
export type Closed = 'too many connections' | 'an answer was not taken';

/** A server that does not listen yet. An answer may take as long as it likes: no bound is on waiting. */
export function createBoundedServer(
  fetch: (request: Request, env: object) => Response | Promise<Response>,
  options: {
    bounds?: Partial<HttpBounds>;
    /** Whether the server will get a listener for upgrades. @default false */
    takesUpgrades?: boolean;
    onClosed?: (why: Closed) => void;
  } = {},
): Server {
  const { bounds, takesUpgrades = false, onClosed = () => undefined } = options;
  const { receiveTimeoutMs, receiveCheckMs, connections, sending } = { ...HTTP_BOUNDS, ...bounds };
  const server = createServer(
    {
      headersTimeout: receiveTimeoutMs,
      requestTimeout: receiveTimeoutMs,
      // A request without a Host is refused below, as a problem.
      requireHostHeader: false,
      connectionsCheckingInterval: receiveCheckMs,
    },
    getRequestListener(fetch, { errorHandler: refuseUnreadable }),
  );
  boundConnections(server, connections, {
    takesUpgrades,
    onClosed: () => onClosed('too many connections'),
  });
  boundSending(server, sending, () => onClosed('an answer was not taken'));
  answerClientErrors(server);
  dropUnreadBodies(server);
  return server;
}

/**
 * What still comes of a body after its answer is read, so that the client gets to the answer, but kept by
 * nobody: otherwise the stream that the app read from would go on collecting it. A client that goes on
 * sending in small chunks is not listened to for long.
 */
function dropUnreadBodies(server: Server): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    response.once('finish', () => {
      if (request.complete) return;
      let chunks = 0;
      request.removeAllListeners('data').on('data', () => {
        chunks++;
        if (chunks === DROPPED_CHUNKS_MAX) request.socket.destroySoon();
      });
      request.resume();
    });
  });
}
