import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { pour, type StreamListener } from './byte-stream.ts';

/** Room for an answer of HTTP and what comes right behind it. */
const HTTP_ROOM_BYTES = 16 * 1024;

/**
 * A connection that speaks HTTP first and is read, from `listen` on, right into the rooms of a listener.
 * Node's streams allocate memory for every 64 KiB that arrive, and pass each through several layers,
 * which takes more than twice the time. A socket that one opens oneself can do without (`onread`), but
 * HTTP cannot: it gets a stream beside.
 */
export class DialledSocket {
  readonly socket: Socket;
  /** What HTTP reads and writes. */
  readonly http: Duplex;
  readonly #httpRoom = new Uint8Array(HTTP_ROOM_BYTES);
  #listener: StreamListener | undefined;
  #hasLeftHttp = false;
  /** What came between HTTP and the listener. */
  readonly #early: Uint8Array[] = [];
  /** The room that is being read into is the listener's. */
  #isInPlace = false;

  constructor(to: { host: string; port: number }) {
    this.socket = connect({
      ...to,
      onread: {
        buffer: () => this.#room(),
        callback: (bytes, room) => this.#filled(room.subarray(0, bytes)),
      },
    });
    this.http = new Duplex({
      read: () => undefined,
      write: (chunk, _encoding, done) => this.socket.write(chunk, done),
      final: (done) => this.socket.end(done),
      destroy: (error, done) => {
        this.socket.destroy();
        done(error);
      },
    });
    this.socket.on('error', (error) => this.http.destroy(error));
    // HTTP has let go of the socket: nothing else listens to it.
    this.http.on('error', () => undefined);
    this.socket.once('end', () => this.http.push(null));
    this.socket.once('close', () => this.http.destroy());
  }

  /** HTTP has said its last word; `head` came with it. */
  leaveHttp(head: Uint8Array): void {
    this.#hasLeftHttp = true;
    this.#early.push(head);
    for (let rest = this.http.read(); rest !== null; rest = this.http.read())
      this.#early.push(rest);
  }

  listen(listener: StreamListener): void {
    for (const chunk of this.#early.splice(0)) pour(chunk, listener);
    this.#listener = listener;
    this.socket.resume();
  }

  #room(): Uint8Array {
    this.#isInPlace = this.#listener !== undefined;
    return this.#listener?.room() ?? this.#httpRoom;
  }

  /** @returns whether to read on. */
  #filled(chunk: Uint8Array): boolean {
    if (this.#isInPlace) this.#listener?.filled(chunk.byteLength);
    else if (this.#listener !== undefined) pour(chunk, this.#listener);
    else if (this.#hasLeftHttp) this.#early.push(chunk.slice());
    else this.http.push(chunk.slice());
    return this.#listener !== undefined || !this.#hasLeftHttp;
  }
}
