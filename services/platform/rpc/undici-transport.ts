import { type Dispatcher, Pool } from 'undici';
import { CollectedBytes } from '../http/collected-bytes.ts';
import { openSocketStream } from './socket-stream.ts';
import {
  type OpenRequest,
  type OpenResponse,
  reasonOf,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

export interface UndiciTransportOptions {
  /** Connections to one origin. @default 8 */
  connections?: number;
  /** At most so many origins have a pool; beyond that the one longest unused is closed. @default 1100 */
  poolsMax?: number;
  /** A pool that was not used for so long is closed. @default 60_000 */
  idleMs?: number;
  /** Milliseconds of a monotonic clock. @default performance.now */
  nowMs?: () => number;
}

/** Shorter than the 5 s after which a Node server closes an idle connection. */
const KEEP_ALIVE_MS = 4_000;
const CONNECT_TIMEOUT_MS = 3_000;

interface PoolEntry {
  pool: Pool;
  usedAtMs: number;
}

/** HTTP/1.1 over kept-alive connections, one pool per origin. */
export class UndiciTransport implements Transport {
  /** Ordered by last use, the oldest first. */
  readonly #pools = new Map<string, PoolEntry>();
  readonly #connections: number;
  readonly #poolsMax: number;
  readonly #idleMs: number;
  readonly #nowMs: () => number;
  #closed = false;

  constructor(options: UndiciTransportOptions = {}) {
    this.#connections = options.connections ?? 8;
    this.#poolsMax = options.poolsMax ?? 1100;
    this.#idleMs = options.idleMs ?? 60_000;
    this.#nowMs = options.nowMs ?? (() => performance.now());
  }

  /** How many origins have a pool. */
  get pools(): number {
    return this.#pools.size;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    if (this.#closed) throw new TransportError('failed', 'the transport is closed');
    const { origin, method, path, headers, body, timeoutMs, maxResponseBytes } = request;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const pool = this.#poolOf(origin);
      const response = await pool.request({ method, path, headers, body, signal: timeout.signal });
      return {
        status: response.statusCode,
        header: (name) => single(response.headers[name.toLowerCase()]),
        body: await readBounded(response, maxResponseBytes),
      };
    } catch (cause) {
      const where = `${origin}${path}`;
      if (timeout.signal.aborted) {
        throw new TransportError('timeout', `${where}: no answer within ${timeoutMs} ms`, cause);
      }
      throw transportError(where, cause);
    } finally {
      clearTimeout(timer);
    }
  }

  async open(request: OpenRequest): Promise<OpenResponse> {
    if (this.#closed) throw new TransportError('failed', 'the transport is closed');
    return openSocketStream(request);
  }

  /** Ends at once: calls under way fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.destroy()));
  }

  #poolOf(origin: string): Pool {
    const nowMs = this.#nowMs();
    const pool =
      this.#pools.get(origin)?.pool ??
      new Pool(origin, {
        connections: this.#connections,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connect: { timeout: CONNECT_TIMEOUT_MS },
      });
    this.#pools.delete(origin);
    this.#pools.set(origin, { pool, usedAtMs: nowMs });
    for (const [other, entry] of this.#pools) {
      const idle = nowMs - entry.usedAtMs > this.#idleMs;
      if (!idle && this.#pools.size <= this.#poolsMax) break;
      this.#pools.delete(other);
      // Closes once the calls under way have ended.
      void entry.pool.close();
    }
    return pool;
  }
}

async function readBounded(
  { headers, body }: Dispatcher.ResponseData,
  maxBytes: number,
): Promise<Uint8Array> {
  const tooLarge = () => {
    // If destroyed before its end, the body reports an error that nothing receives any more.
    body.on('error', () => undefined).destroy();
    return new TransportError('failed', `the answer has more than ${maxBytes} bytes`);
  };
  const declared = single(headers['content-length']);
  if (declared !== undefined) {
    if (Number(declared) > maxBytes) throw tooLarge();
    return body.bytes();
  }
  const collected = new CollectedBytes(maxBytes);
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (!collected.append(chunk)) throw tooLarge();
  }
  return collected.bytes();
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;

function transportError(where: string, cause: unknown): TransportError {
  if (cause instanceof TransportError) {
    return new TransportError(cause.reason, `${where}: ${cause.message}`);
  }
  const { code, message } = cause as { code?: string; message?: string };
  const reason = reasonOf(code);
  const why = reason === 'refused' ? 'nothing listens there' : message;
  return new TransportError(reason, `${where}: ${why}`, cause);
}
