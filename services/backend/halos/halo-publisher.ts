import type { ByteStream, UpgradeHandler } from '../../platform/rpc/byte-stream.ts';
import { haloUpgradeHandler, type StreamServerOptions } from '../../platform/rpc/halo-upgrade.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { BACKENDS_MAX } from '../../protocol/common/limits.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import { FrameSealer } from '../../protocol/wire/halo-frame.ts';

/** The backend whose halos are published. */
export interface HaloHost {
  /** Records a fence; throws STALE_FENCE. */
  admit(fence: Fence): void;
  /** The present fence of halos. */
  fence(): Fence;
  /** The kept messages for a peer, oldest first: a late subscriber gets them at once. */
  keptHalos(bootId: string): readonly Uint8Array[];
}

interface Subscriber {
  readonly stream: ByteStream;
  readonly sealer: FrameSealer;
  /** Of the frame that was sent last. */
  lastBytes: number;
}

/**
 * The sending end of all streams of halos. Each peer may request one; a newer one replaces an older.
 * Streams outlive topologies: a peer ends them.
 */
export class HaloPublisher {
  /** Answers requests for a stream. */
  readonly upgrade: UpgradeHandler;
  readonly #rpc: StreamServerOptions;
  readonly #host: HaloHost;
  /** Streams by boot id, the oldest first. */
  readonly #subscribers = new Map<string, Subscriber>();
  #isClosed = false;

  constructor(rpc: StreamServerOptions, host: HaloHost) {
    this.#rpc = rpc;
    this.#host = host;
    this.upgrade = haloUpgradeHandler(rpc, {
      admit: ({ fence }) => {
        if (this.#isClosed) throw new ColonyError('BACKEND_FAILED', 'the backend stops');
        host.admit(fence);
      },
      accept: ({ senderBootId }, stream, key) => this.#run(senderBootId, stream, key),
    });
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#subscribers.size;
  }

  /** See `HaloTransport`. */
  send(bootId: string, message: Uint8Array): void {
    const subscriber = this.#subscribers.get(bootId);
    if (subscriber === undefined) return;
    const header = subscriber.sealer.seal(this.#host.fence(), message);
    subscriber.lastBytes = header.byteLength + message.byteLength;
    subscriber.stream.write(header, message);
  }

  /**
   * See `HaloTransport`. A stream in which an older message still waits is closed: its peer must have
   * pulled that message, since no backend could be that far otherwise, and will request a new stream.
   */
  makeRoom(bootId: string): void {
    this.#dropIfWaiting(bootId, this.#subscribers.get(bootId)?.lastBytes ?? 0);
  }

  /** See `HaloTransport`. */
  abandon(bootId: string): void {
    this.#dropIfWaiting(bootId, 0);
  }

  /** Ends all streams, and accepts no further ones. */
  close(): void {
    this.#isClosed = true;
    for (const { stream } of this.#subscribers.values()) stream.destroy();
    this.#subscribers.clear();
  }

  #run(bootId: string, stream: ByteStream, key: Uint8Array): void {
    this.#drop(bootId);
    this.#subscribers.set(bootId, { stream, sealer: new FrameSealer(key), lastBytes: 0 });
    // Subscribers know the secret; still, no more are accepted than there can be backends.
    const [oldest] = this.#subscribers.keys();
    if (this.#subscribers.size > BACKENDS_MAX && oldest !== undefined) this.#drop(oldest);
    const room = new Uint8Array(1);
    stream.listen({
      room: () => room,
      // A subscriber sends nothing.
      filled: () => stream.destroy(),
      end: () => {
        if (this.#subscribers.get(bootId)?.stream === stream) this.#subscribers.delete(bootId);
      },
    });
    for (const message of this.#host.keptHalos(bootId)) this.send(bootId, message);
  }

  #dropIfWaiting(bootId: string, allowedBytes: number): void {
    const waitingBytes = this.#subscribers.get(bootId)?.stream.waitingBytes ?? 0;
    if (waitingBytes <= allowedBytes) return;
    this.#rpc.log.debug({ peer: bootId, waitingBytes }, 'A stream of halos does not get on.');
    this.#drop(bootId);
  }

  #drop(bootId: string): void {
    this.#subscribers.get(bootId)?.stream.destroy();
    this.#subscribers.delete(bootId);
  }
}
