import type { Clock } from './clock.ts';
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';

/** A web-standard application, such as a Hono app. */
export interface MemoryApp {
  fetch(request: Request): Response | Promise<Response>;
}

/** What happens to one exchange on its way. */
export type Fault =
  /** As if nobody listened. */
  | 'refuse'
  /** The request never arrives: the sender waits for its timeout. */
  | 'drop-request'
  /** The request is carried out, its answer never arrives. */
  | 'drop-answer'
  /** The request arrives later, even if its sender no longer waits then. */
  | { delayMs: number };

/** Judges each exchange; undefined lets it pass. Origins tell a partition. */
export type FaultFunction = (exchange: {
  from: string;
  to: string;
  path: string;
}) => Fault | undefined;

/**
 * A network inside one process: applications by their origins, called through `fetch` without a
 * socket, with faults as a test wants them. An origin without an application refuses; one that is
 * detached while it works resets the connection.
 */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #apps = new Map<string, MemoryApp>();
  #fault: FaultFunction = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  attach(origin: string, app: MemoryApp): void {
    if (this.#apps.has(origin)) throw new Error(`${origin} is in use`);
    this.#apps.set(origin, app);
  }

  detach(origin: string): void {
    this.#apps.delete(origin);
  }

  /** Replaces the fault function; without one the network is perfect. */
  setFault(fault: FaultFunction = () => undefined): void {
    this.#fault = fault;
  }

  /** The transport of the process at `from`. */
  transportOf(from: string): Transport {
    return new MemoryTransport((request) => this.#send(from, request));
  }

  async #send(from: string, request: TransportRequest): Promise<TransportResponse> {
    const { origin, path, timeoutMs } = request;
    const done = new AbortController();
    const timeout = this.#clock.sleep(timeoutMs, done.signal).then(() => {
      throw new TransportError('timeout', `${origin}${path}: no answer within ${timeoutMs} ms`);
    });
    timeout.catch(() => undefined);
    try {
      return await Promise.race([this.#exchange(from, request), timeout]);
    } finally {
      done.abort();
    }
  }

  async #exchange(from: string, request: TransportRequest): Promise<TransportResponse> {
    const { origin, path, method, headers, body, maxResponseBytes } = request;
    const fault = this.#fault({ from, to: origin, path });
    if (fault === 'drop-request') return never();
    if (typeof fault === 'object') await this.#clock.sleep(fault.delayMs);
    const app = this.#apps.get(origin);
    if (app === undefined || fault === 'refuse') {
      throw new TransportError('refused', `${origin}: connection refused`);
    }
    const response = await app.fetch(
      new Request(origin + path, {
        method,
        headers: { ...headers, 'content-length': String(body.byteLength) },
        body: body.slice(),
      }),
    );
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (fault === 'drop-answer') return never();
    if (this.#apps.get(origin) !== app) {
      throw new TransportError('failed', `${origin}: connection reset`);
    }
    if (bytes.byteLength > maxResponseBytes) {
      throw new TransportError(
        'failed',
        `${origin}${path}: the answer has more than ${maxResponseBytes} bytes`,
      );
    }
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: bytes,
    };
  }
}

class MemoryTransport implements Transport {
  readonly #send: (request: TransportRequest) => Promise<TransportResponse>;
  #closed = false;

  constructor(send: (request: TransportRequest) => Promise<TransportResponse>) {
    this.#send = send;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    if (this.#closed) throw new TransportError('failed', 'the transport is closed');
    return this.#send(request);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}

const never = (): Promise<never> => new Promise(() => undefined);
