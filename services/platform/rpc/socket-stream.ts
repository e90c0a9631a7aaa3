import { request as httpRequest, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import { CollectedBytes } from '../http/collected-bytes.ts';
import { vouchFor } from '../http/connection-bounds.ts';
import {
  type ByteStream,
  isStream,
  pour,
  type StreamListener,
  type UpgradeHandler,
} from './byte-stream.ts';
import { DialledSocket } from './dialled-socket.ts';
import { type OpenRequest, type OpenResponse, reasonOf, TransportError } from './transport.ts';

/** A peer that vanished is noticed so long after its last sign of life, plus 10 s. */
const KEEP_ALIVE_MS = 10_000;

/** A socket that no longer speaks HTTP. */
class SocketStream implements ByteStream {
  readonly #socket: Socket;
  readonly #read: (listener: StreamListener) => void;
  #cause: Error | undefined;

  /** @param read makes a listener receive what comes, and what has come already. */
  constructor(socket: Socket, read: (listener: StreamListener) => void) {
    this.#socket = socket;
    this.#read = read;
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', (error) => {
      this.#cause = error;
    });
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  write(...chunks: Uint8Array[]): void {
    if (!this.#socket.writable) return;
    // Together they are one system call.
    this.#socket.cork();
    for (const chunk of chunks) this.#socket.write(chunk);
    this.#socket.uncork();
  }

  listen(listener: StreamListener): void {
    const socket = this.#socket;
    this.#read(listener);
    // A side that ends its half no longer sends or reads.
    socket.once('end', () => socket.destroy());
    if (socket.closed) listener.end(this.#cause);
    else socket.once('close', () => listener.end(this.#cause));
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Makes a server answer requests for streams; without this it handles them as ordinary requests. */
export function serveUpgrades(server: Pick<Server, 'on'>, handler: UpgradeHandler): void {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Uint8Array) => {
    const answer = handler({
      path: request.url ?? '',
      protocol: request.headers.upgrade ?? '',
      header: (name) => headerOf(request, name),
    });
    if (isStream(answer)) {
      vouchFor(socket);
      socket.write(headOf(answer.status, answer.headers));
      const stream = new SocketStream(socket, (listener) => {
        pour(head, listener);
        socket.on('data', (chunk: Uint8Array) => pour(chunk, listener));
      });
      answer.run(stream);
      return;
    }
    socket.on('error', () => undefined);
    const { status, headers, body } = answer;
    const length = { connection: 'close', 'content-length': String(body.byteLength) };
    socket.write(headOf(status, { ...headers, ...length }));
    socket.write(body);
    // As soon as that is written, even if the other side still sends.
    socket.destroySoon();
  });
}

/** Requests a stream. An answer other than 101 is a refusal, not an error. */
export function openSocketStream(asked: OpenRequest): Promise<OpenResponse> {
  const { origin, path, protocol, headers, timeoutMs, maxResponseBytes } = asked;
  const where = `${origin}${path}`;
  return new Promise((resolve, reject) => {
    const dialled = new DialledSocket(addressOf(origin));
    const request = httpRequest(new URL(path, origin), {
      createConnection: () => dialled.http,
      headers: { ...headers, connection: 'Upgrade', upgrade: protocol },
    });
    const timer = setTimeout(() => {
      fail(new TransportError('timeout', `${where}: no stream within ${timeoutMs} ms`));
    }, timeoutMs);
    const fail = (error: TransportError) => {
      clearTimeout(timer);
      reject(error);
      request.destroy();
    };
    request.on('error', (cause: NodeJS.ErrnoException) => {
      const reason = reasonOf(cause.code);
      const why = reason === 'refused' ? 'nothing listens there' : cause.message;
      fail(new TransportError(reason, `${where}: ${why}`, cause));
    });
    request.on('upgrade', (response, _http, head) => {
      clearTimeout(timer);
      dialled.leaveHttp(head);
      const stream = new SocketStream(dialled.socket, (listener) => dialled.listen(listener));
      resolve({ status: 101, header: (name) => headerOf(response, name), stream });
    });
    request.on('response', (response) => {
      const body = new CollectedBytes(maxResponseBytes);
      response.on('data', (chunk: Uint8Array) => {
        if (body.append(chunk)) return;
        fail(new TransportError('failed', `${where}: more than ${maxResponseBytes} bytes`));
      });
      response.on('end', () => {
        clearTimeout(timer);
        // Nothing else destroys it, even if the other side asked to keep it alive.
        dialled.socket.destroy();
        const header = (name: string) => headerOf(response, name);
        resolve({ status: response.statusCode ?? 0, header, body: body.bytes() });
      });
    });
    request.end();
  });
}

function addressOf(origin: string): { host: string; port: number } {
  const { hostname, port } = urlToHttpOptions(new URL(origin));
  return { host: hostname ?? '', port: Number(port ?? 80) };
}

function headOf(status: number, headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`;
}

function headerOf(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}
