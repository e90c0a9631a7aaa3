import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds the connections of a server, which anybody may open. Who is closed when there are too many is
 * decided by what a connection has shown, not by who came last: otherwise whoever opens enough of them
 * would keep everybody else out.
 *
 * - A *stranger* has no whole request that is being answered. There may be `strangersMax` of them; beyond,
 *   the one that has shown nothing for longest is closed. Who means well sends a request at once, and is a
 *   stranger for some milliseconds.
 * - A *peer* has been vouched for: it knows the secret of the colony. It is closed last.
 *
 * If there are `totalMax` in all, strangers go first, then peers that ask for nothing, then the oldest of
 * the requests of those who are not known (all that wait on the public port, none on the private one).
 * Where all others are peers that are being answered, the newcomer is closed.
 *
 * `server.maxConnections` was rejected: it closes newcomers, whoever is there.
 */
export interface ConnectionLimits {
  strangersMax: number;
  /** More than 1024 backends need: a stream and a call each. */
  totalMax: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { strangersMax: 512, totalMax: 3072 };

const peers = new WeakSet<Socket>();

/** Says that whoever is on this connection has the secret. */
export function vouchFor(connection: Socket): void {
  peers.add(connection);
}

/**
 * @param options.takesUpgrades whether connections may become streams, which count as being answered
 * @param options.onClosed told of each connection that was closed because there were too many
 */
export function boundConnections(
  server: Server,
  limits: ConnectionLimits,
  { takesUpgrades, onClosed }: { takesUpgrades: boolean; onClosed: () => void },
): void {
  /** Requests that are being answered, by connection. The least recently changed one is the first. */
  const asked = new Map<Socket, number>();
  const strangers = new Set<Socket>();

  /** Files a connection anew, as the one that was changed last. */
  const file = (socket: Socket, requests: number) => {
    if (socket.destroyed) return;
    asked.delete(socket);
    asked.set(socket, requests);
    strangers.delete(socket);
    if (requests === 0 && !peers.has(socket)) strangers.add(socket);
  };
  const change = (socket: Socket, by: 1 | -1) => file(socket, (asked.get(socket) ?? 0) + by);
  const close = (socket: Socket | undefined) => {
    if (socket === undefined) return;
    forget(socket);
    socket.destroy();
    onClosed();
  };
  const forget = (socket: Socket) => {
    asked.delete(socket);
    strangers.delete(socket);
  };
  const firstOf = (isIt: (socket: Socket, requests: number) => boolean): Socket | undefined => {
    for (const [socket, requests] of asked) if (isIt(socket, requests)) return socket;
    return undefined;
  };
  /** Called only when there are too many: it may look at all of them. */
  const dispensable = (newcomer: Socket): Socket => {
    const [stranger = newcomer] = strangers;
    if (stranger !== newcomer) return stranger;
    return (
      firstOf((socket, requests) => requests === 0 && socket !== newcomer) ??
      firstOf((socket) => !peers.has(socket) && socket !== newcomer) ??
      newcomer
    );
  };

  server.on('connection', (socket: Socket) => {
    file(socket, 0);
    socket.once('close', () => forget(socket));
    if (strangers.size > limits.strangersMax) close(strangers.values().next().value);
    if (asked.size > limits.totalMax) close(dispensable(socket));
  });
  // Before the app answers it.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (!hasBody(request)) change(socket, 1);
    else request.once('end', () => !response.closed && change(socket, 1));
    response.once('close', () => {
      if ((asked.get(socket) ?? 0) > 0) change(socket, -1);
    });
  });
  // A server with a listener never answers a request for an upgrade as an ordinary one.
  if (takesUpgrades) {
    server.prependListener('upgrade', (_request: IncomingMessage, socket: Socket) => {
      change(socket, 1);
    });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
