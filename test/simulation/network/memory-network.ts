import { isStream, type UpgradeHandler } from '../../../services/platform/rpc/byte-stream.ts';
import {
  type OpenRequest,
  type OpenResponse,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from '../../../services/platform/rpc/transport.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import { type MemoryStreamPair, memoryStreamPair, type WriteFate } from './memory-stream.ts';

/** A web-standard application, such as a Hono app. */
export interface MemoryApp {
  fetch(request: Request): Response | Promise<Response>;
  upgrade?: UpgradeHandler;
}

/** What happens to one exchange, or to one write on a stream, on its way. */
export type Fault =
  /** As if nothing listened; breaks the connection of a stream. */
  | 'refuse'
  /** The request never arrives: the sender waits for its timeout. A stream falls silent. */
  | 'drop-request'
  /** The request is carried out, its answer never arrives. Writes on a stream have none. */
  | 'drop-answer'
  /** The request arrives later, even if its sender no longer waits then. */
  | { delayMs: number };

/** Judges each exchange and each write; undefined lets it pass. Origins tell a partition. */
export type FaultFunction = (exchange: {
  from: string;
  to: string;
  path: string;
}) => Fault | undefined;

interface Connection extends MemoryStreamPair {
  from: string;
  to: string;
}

/**
 * A network inside one process: applications by their origins, called through `fetch` without a
 * socket, with faults as a test wants them. An origin without an application refuses; one that is
 * detached while it works resets the connection, and all its streams.
 */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #apps = new Map<string, MemoryApp>();
  readonly #connections = new Set<Connection>();
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
    for (const connection of [...this.#connections]) {
      if (connection.from === origin || connection.to === origin) connection.break();
    }
  }

  /** Replaces the fault function; without one the network is perfect. */
  setFault(fault: FaultFunction = () => undefined): void {
    this.#fault = fault;
  }

  /** The transport of the process at `from`. */
  transportOf(from: string): Transport {
    return new MemoryTransport({
      send: (request) => this.#within(request, this.#exchange(from, request)),
      open: (request) => this.#within(request, this.#open(from, request)),
    });
  }

  async #within<T>(request: TransportRequest | OpenRequest, answer: Promise<T>): Promise<T> {
    const { origin, path, timeoutMs } = request;
    const done = new AbortController();
    const timeout = this.#clock.sleep(timeoutMs, done.signal).then(() => {
      throw new TransportError('timeout', `${origin}${path}: no answer within ${timeoutMs} ms`);
    });
    timeout.catch(() => undefined);
    try {
      return await Promise.race([answer, timeout]);
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
      throw new TransportError('broken', `${origin}: connection reset`);
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

  async #open(from: string, request: OpenRequest): Promise<OpenResponse> {
    const { origin, path, protocol, headers } = request;
    const fault = this.#fault({ from, to: origin, path });
    if (fault === 'drop-request') return never();
    if (typeof fault === 'object') await this.#clock.sleep(fault.delayMs);
    const app = this.#apps.get(origin);
    if (app === undefined || fault === 'refuse') {
      throw new TransportError('refused', `${origin}: connection refused`);
    }
    const sent = { host: new URL(origin).host, ...headers };
    const lowerCase = new Map(Object.entries(sent).map(([k, v]) => [k.toLowerCase(), v]));
    const header = (name: string) => lowerCase.get(name.toLowerCase());
    const answer = app.upgrade?.({ path, protocol, header });
    if (answer === undefined) throw new TransportError('failed', `${origin}: no streams here`);
    const answered = new Map(Object.entries(answer.headers));
    const response = { header: (name: string) => answered.get(name.toLowerCase()) };
    if (!isStream(answer)) {
      return fault === 'drop-answer'
        ? never()
        : { ...response, status: answer.status, body: answer.body };
    }
    const connection = this.#connect(from, origin, path);
    answer.run(connection.server);
    if (fault === 'drop-answer') return never();
    return { ...response, status: 101, stream: connection.client };
  }

  #connect(from: string, to: string, path: string): Connection {
    const pair = memoryStreamPair({
      fateOf: (end) => {
        const [source, target] = end === 'client' ? [from, to] : [to, from];
        return fateOf(this.#fault({ from: source, to: target, path }));
      },
      sleep: (durationMs) => this.#clock.sleep(durationMs),
      ended: () => this.#connections.delete(connection),
    });
    const connection: Connection = { ...pair, from, to };
    this.#connections.add(connection);
    return connection;
  }
}

class MemoryTransport implements Transport {
  readonly #network: Pick<Transport, 'send' | 'open'>;
  #closed = false;

  constructor(network: Pick<Transport, 'send' | 'open'>) {
    this.#network = network;
  }

  async send(request: TransportRequest): Promise<TransportResponse> {
    this.#assertOpen();
    return this.#network.send(request);
  }

  async open(request: OpenRequest): Promise<OpenResponse> {
    this.#assertOpen();
    return this.#network.open(request);
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed) throw new TransportError('failed', 'the transport is closed');
  }
}

function fateOf(fault: Fault | undefined): WriteFate {
  switch (fault) {
    case 'refuse':
      return 'breaks';
    case 'drop-request':
      return 'silence';
    case 'drop-answer':
    case undefined:
      return 'arrives';
    default:
      return fault;
  }
}

const never = (): Promise<never> => new Promise(() => undefined);
