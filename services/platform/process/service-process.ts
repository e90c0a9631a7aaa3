import type { AddressInfo } from 'node:net';
import { createBoundedServer, type HttpBounds } from '../http/bounded-server.ts';
import type { Log } from '../observability/log.ts';
import type { UpgradeHandler } from '../rpc/byte-stream.ts';
import { serveUpgrades } from '../rpc/socket-stream.ts';
import { RequestDrain } from './request-drain.ts';

/** What a service process is made of, whichever service it is: a socket, signals, an end. */

/** A stop that takes longer, beside what it may wait for requests, is cut short. */
const STOP_DEADLINE_MS = 5_000;

export interface App {
  /** `env` names the connection, as the adapter of Hono does. */
  fetch(request: Request, env?: object): Response | Promise<Response>;
  /** Answers requests for a stream of bytes. @default all are refused */
  upgrade?: UpgradeHandler;
}

export interface Listener {
  port: number;
  /** Answers no further request, see RequestDrain. */
  refuse(): void;
  /** Until no request is under way, so long at the most: whether none is. */
  settled(atMostMs: number): Promise<boolean>;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Listens; rejects when the port is taken. Port 0 is any free one. Streams that were opened are the
 * app's: closing waits for them.
 *
 * @param options.bounds on what callers may use up, whoever they are. @default HTTP_BOUNDS
 * @param options.log told of connections that were closed because of these bounds
 */
export function listen(
  app: App,
  options: {
    host: string;
    port: number;
    bounds?: Partial<HttpBounds>;
    /** How long a connection without a request is kept. @default that of Node */
    keepAliveMs?: number;
    log?: Log;
  },
): Promise<Listener> {
  const { host, port: wanted, bounds, keepAliveMs, log } = options;
  const drain = new RequestDrain();
  const fetch = drain.guard((request, env) => app.fetch(request, env));
  const server = createBoundedServer(fetch, {
    ...(bounds && { bounds }),
    takesUpgrades: app.upgrade !== undefined,
    onClosed: (why) => log?.warn({ why }, 'A connection was closed because of the bounds.'),
  });
  if (keepAliveMs !== undefined) server.keepAliveTimeout = keepAliveMs;
  drain.watch(server);
  if (app.upgrade !== undefined) serveUpgrades(server, app.upgrade);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        port,
        refuse: () => drain.refuse(),
        settled: (atMostMs) => drain.settled(atMostMs),
        close,
      });
    });
  });
}

/**
 * Ends the process cleanly by SIGTERM, by SIGINT (at once), or when the launcher that started it is gone, even
 * by kill -9 (its channel closes): runs `stop`, at most so long, and exits. Tells the launcher, if
 * there is one, that it listens.
 */
export function endWithSignals(o: {
  log: Log;
  port: number;
  /** How long `stop` may wait for others. @default 0 */
  drainMs?: number;
  /** @param atOnce aborted when nothing is to be handed over: it may be so from the beginning. */
  stop: (atOnce: AbortSignal) => Promise<void>;
}): void {
  const { log, port, stop, drainMs = 0 } = o;
  const deadlineMs = drainMs + STOP_DEADLINE_MS;
  let stopping = false;
  const atOnce = new AbortController();
  const end = async (why: string, mayHandOver = false) => {
    // Whoever hands over does so no more when it is told again, or nobody is there any more.
    if (!mayHandOver) atOnce.abort();
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'Stopping.');
    setTimeout(() => {
      log.warn({ deadlineMs }, 'Stopping took too long.');
      process.exit(1);
    }, deadlineMs).unref();
    await stop(atOnce.signal);
    log.info({}, 'Stopped.');
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM', true));
  process.on('SIGINT', () => void end('SIGINT'));
  process.on('uncaughtException', (err) => {
    log.error({ err }, 'Uncaught error.');
    process.exit(1);
  });
  if (process.send !== undefined) {
    process.once('disconnect', () => void end('the launcher is gone'));
    process.send({ type: 'listening', port });
  }
}

/** Runs a service's main function; an error at boot is one clear line and exit code 1. */
export function runService(name: string, main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  });
}
