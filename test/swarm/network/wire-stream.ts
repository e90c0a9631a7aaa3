import {
  type ByteStream,
  pour,
  type StreamListener,
} from '../../../services/platform/rpc/byte-stream.ts';
import type { Boot } from '../processes/boot.ts';
import type { Timeline } from '../time/timeline.ts';

/** What becomes of one write. */
export interface WriteFate {
  delayMs: number;
  /** This and everything after it is swallowed, as by a network that drops every packet. */
  isSilent?: boolean;
  /** So many bytes of it arrive, then the connection breaks. */
  cutAtBytes?: number;
}

/** A connection between two processes: what is written arrives in order, until it ends or falls silent. */
export class Wire {
  readonly client: WireEnd;
  readonly server: WireEnd;
  readonly #timeline: Timeline;
  #isOver = false;

  constructor(o: {
    timeline: Timeline;
    client: Boot;
    server: Boot;
    fateOf: (from: Boot, to: Boot, bytes: number) => WriteFate;
  }) {
    this.#timeline = o.timeline;
    const end = (boot: Boot, other: Boot) =>
      new WireEnd(boot, {
        write: (from, bytes) => this.#write(from, bytes, o.fateOf(boot, other, bytes.byteLength)),
        destroy: () => this.break(),
      });
    this.client = end(o.client, o.server);
    this.server = end(o.server, o.client);
    const forget = [o.client, o.server].map((boot) =>
      boot.whenItEnds(() => this.break(new Error('connection reset'))),
    );
    this.#forget = () => {
      for (const take of forget) take();
    };
  }

  readonly #forget: () => void;

  /** Both ends are told, each when word of it has come there. */
  break(cause?: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget();
    for (const end of [this.client, this.server]) {
      this.#timeline.after(0.1, () => end.boot.reach(() => end.finish(cause)));
    }
  }

  #write(from: WireEnd, bytes: Uint8Array, fate: WriteFate): void {
    if (this.#isOver || from.isSilent) return;
    if (fate.isSilent) from.isSilent = true;
    if (from.isSilent) return;
    const to = from === this.client ? this.server : this.client;
    const { nowMs } = this.#timeline;
    from.arrivedMs = Math.max(from.arrivedMs, nowMs + fate.delayMs);
    const isCut = fate.cutAtBytes !== undefined;
    if (isCut) from.isSilent = true;
    const arriving = bytes.subarray(0, fate.cutAtBytes);
    this.#timeline.after(from.arrivedMs - nowMs, () => {
      if (this.#isOver) return;
      to.boot.reach(() => to.deliver(arriving));
      if (isCut) this.break(new Error('connection reset'));
    });
  }
}

class WireEnd implements ByteStream {
  /** Bytes are taken off at once: this network has room for all of them. */
  readonly waitingBytes = 0;
  readonly boot: Boot;
  isSilent = false;
  /** When what was written last arrives. */
  arrivedMs = 0;
  readonly #wire: { write: (from: WireEnd, bytes: Uint8Array) => void; destroy: () => void };
  readonly #early: Uint8Array[] = [];
  #listener: StreamListener | undefined;
  #end: { cause: Error | undefined } | undefined;

  constructor(
    boot: Boot,
    wire: { write: (from: WireEnd, bytes: Uint8Array) => void; destroy: () => void },
  ) {
    this.boot = boot;
    this.#wire = wire;
  }

  write(...chunks: Uint8Array[]): void {
    if (this.#end !== undefined || this.boot.isDead) return;
    this.#wire.write(this, new Uint8Array(Buffer.concat(chunks)));
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
    if (this.#end !== undefined) return;
    if (this.#listener === undefined) this.#early.push(bytes);
    else pour(bytes, this.#listener);
  }

  finish(cause: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { cause };
    if (this.#listener !== undefined) this.#tellEnd(cause);
  }

  #tellEnd(cause: Error | undefined): void {
    queueMicrotask(() => this.#listener?.end(cause));
  }
}
