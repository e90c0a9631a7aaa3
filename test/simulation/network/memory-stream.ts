import {
  type ByteStream,
  pour,
  type StreamListener,
} from '../../../services/platform/rpc/byte-stream.ts';

/** What becomes of one write on its way to the other end. */
export type WriteFate = 'arrives' | 'breaks' | 'silence' | { delayMs: number };

export interface MemoryStreamPair {
  client: ByteStream;
  server: ByteStream;
  /** Ends both, as when one of the processes dies. */
  break(): void;
}

/**
 * The two ends of a connection inside one process. What is written arrives in order; a fate of
 * `silence` swallows this and everything after it, as a network does that drops every packet.
 *
 * @param fateOf asked once per write
 * @param ended called once, when the connection is over
 */
export function memoryStreamPair(o: {
  fateOf: (from: 'client' | 'server') => WriteFate;
  sleep: (durationMs: number) => Promise<void>;
  ended: () => void;
}): MemoryStreamPair {
  let isOver = false;
  const over = (cause?: Error) => {
    if (isOver) return;
    isOver = true;
    o.ended();
    for (const end of [client, server]) end.finish(cause);
  };
  const endOf = (from: 'client' | 'server') => {
    const other = () => (from === 'client' ? server : client);
    let arrived: Promise<void> = Promise.resolve();
    let isSilent = false;
    return new MemoryStream({
      write(bytes) {
        const fate = o.fateOf(from);
        if (fate === 'breaks') over(new Error('connection reset'));
        if (fate === 'silence') isSilent = true;
        if (isOver || isSilent) return;
        arrived = arrived.then(async () => {
          if (typeof fate === 'object') await o.sleep(fate.delayMs);
          if (!isOver) other().deliver(bytes);
        });
      },
      destroy: () => over(),
    });
  };
  const client = endOf('client');
  const server = endOf('server');
  return { client, server, break: () => over(new Error('connection reset')) };
}

class MemoryStream implements ByteStream {
  /** Bytes are taken off at once: a network in memory has room for all of them. */
  readonly waitingBytes = 0;
  readonly #wire: { write: (bytes: Uint8Array) => void; destroy: () => void };
  readonly #early: Uint8Array[] = [];
  #listener: StreamListener | undefined;
  #end: { cause: Error | undefined } | undefined;

  constructor(wire: { write: (bytes: Uint8Array) => void; destroy: () => void }) {
    this.#wire = wire;
  }

  write(...chunks: Uint8Array[]): void {
    if (this.#end !== undefined) return;
    this.#wire.write(new Uint8Array(Buffer.concat(chunks)));
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
    for (const chunk of this.#early.splice(0)) pour(chunk, listener);
    if (this.#end !== undefined) this.#tellEnd(this.#end.cause);
  }

  destroy(): void {
    this.#wire.destroy();
  }

  deliver(bytes: Uint8Array): void {
    if (this.#listener === undefined) this.#early.push(bytes);
    else pour(bytes, this.#listener);
  }

  finish(cause: Error | undefined): void {
    this.#end = { cause };
    if (this.#listener !== undefined) this.#tellEnd(cause);
  }

  /** Never within the call that caused it, as with sockets. */
  #tellEnd(cause: Error | undefined): void {
    queueMicrotask(() => this.#listener?.end(cause));
  }
}
