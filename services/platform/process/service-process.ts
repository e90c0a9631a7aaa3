import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { Log } from '../observability/log.ts';
import type { UpgradeHandler } from '../rpc/byte-stream.ts';
import { serveUpgrades } from '../rpc/socket-stream.ts';

/** What a service process is made of, whichever service it is: a socket, signals, an end. */

/** A stop that takes longer is cut short. */
const STOP_DEADLINE_MS = 5_000;

export interface App {
  fetch(request: Request): Response | Promise<Response>;
  /** Answers requests for a stream of bytes. @default all are refused */
  upgrade?: UpgradeHandler;
}

export interface Listener {
  port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;

/**
 * Listens; rejects when the port is taken. Port 0 is any free one. Streams that were opened are the
 * app's: closing waits for them.
 */
export function listen(
  app: App,
  at: {
    host: string;
    port: number;
    /**
     * Who has not sent the head of a request by then is cut off, whatever trickles in.
     * @default 10_000
     */
    headersTimeoutMs?: number;
  },
): Promise<Listener> {
  const { headersTimeoutMs: headersTimeout = HEADERS_TIMEOUT_MS } = at;
  const serverOptions = { headersTimeout, connectionsCheckingInterval: headersTimeout / 4 };
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: app.fetch, hostname: at.host, port: at.port, serverOptions },
      ({ port }) => resolve({ port, close: () => closeServer(server) }),
    );
    server.once('error', reject);
    if (app.upgrade !== undefined) serveUpgrades(server as Server, app.upgrade);
  });
}

function closeServer(server: ReturnType<typeof serve>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

/**
 * Ends the process cleanly by SIGTERM, SIGINT, or when the launcher that started it is gone, even
 * by kill -9 (its channel closes): runs `stop`, at most so long, and exits. Tells the launcher, if
 * there is one, that it listens.
 */
export function endWithSignals(o: { log: Log; port: number; stop: () => Promise<void> }): void {
  const { log, port, stop } = o;
  let stopping = false;
  const end = async (why: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'Stopping.');
    setTimeout(() => {
      log.warn({ deadlineMs: STOP_DEADLINE_MS }, 'Stopping took too long.');
      process.exit(1);
    }, STOP_DEADLINE_MS).unref();
    await stop();
    log.info({}, 'Stopped.');
    process.exit(0);
  };
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void end(name));
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
