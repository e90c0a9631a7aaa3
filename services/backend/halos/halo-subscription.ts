import type { Log } from '../../platform/observability/log.ts';
import type { ByteStream } from '../../platform/rpc/byte-stream.ts';
import type { RpcClient, RpcTarget } from '../../platform/rpc/rpc-client.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import { type Frame, FrameReader } from '../../protocol/wire/halo-frame.ts';
import { FrameWatchdog } from './frame-watchdog.ts';
import type { HaloSubscriber, HaloSubscription } from './halo-transport.ts';

export interface StreamHaloSubscriptionParts {
  client: Pick<RpcClient, 'openHalos'>;
  /** The fence of requests for the stream. */
  fence: () => Fence;
  /** Records a message's fence; throws STALE_FENCE. */
  admit: (fence: Fence) => void;
  clock: Clock;
  randomness: Randomness;
  log: Log;
}

const OPEN_TIMEOUT_MS = 1_500;
const RETRY = { firstMs: 50, mostMs: 1_000 };
/** A stream that lasted so long counts as a success. */
const GOOD_LIFE_MS = 1_000;
/**
 * How long a stream may carry nothing, while messages have to be pulled, before it is given up: well
 * above the time that a message travels. It doubles as long as new streams do not help either.
 */
const PATIENCE_MIN_MS = 2_000;
const PATIENCE_MAX_MS = 60_000;

/**
 * The receiving end of a stream of halos. It requests the stream from a peer, again and again with
 * growing pauses, until it is closed. It breaks off a stream that violates the protocol.
 */
export class StreamHaloSubscription implements HaloSubscription {
  readonly #peer: RpcTarget;
  readonly #subscriber: HaloSubscriber;
  readonly #parts: StreamHaloSubscriptionParts;
  readonly #closed = new AbortController();
  #stream: ByteStream | undefined;
  /** Whether this side broke the stream off. */
  #isGivenUp = false;
  /** When the first message was pulled after the last one that came by the stream. */
  #missingSinceMs: number | undefined;
  #patienceMs = PATIENCE_MIN_MS;

  constructor(peer: RpcTarget, subscriber: HaloSubscriber, parts: StreamHaloSubscriptionParts) {
    this.#peer = peer;
    this.#subscriber = subscriber;
    this.#parts = parts;
    void this.#run();
  }

  missed(): void {
    if (this.#stream === undefined) return;
    const nowMs = this.#parts.clock.nowMs();
    this.#missingSinceMs ??= nowMs;
    if (nowMs - this.#missingSinceMs < this.#patienceMs) return;
    this.#patienceMs = Math.min(PATIENCE_MAX_MS, 2 * this.#patienceMs);
    this.#parts.log.debug({ peer: this.#peer.bootId }, 'Halos are pulled and do not arrive.');
    this.reset();
  }

  reset(): void {
    this.#isGivenUp = true;
    this.#stream?.destroy();
  }

  close(): void {
    this.#closed.abort();
    this.#stream?.destroy();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(this.#parts, RETRY);
    while (!this.#isClosed) {
      const livedMs = await this.#live();
      if (livedMs >= GOOD_LIFE_MS) backoff.reset();
      else await backoff.pause(this.#closed.signal);
    }
  }

  /** One stream from its opening to its end; resolves with how long it worked, in milliseconds. */
  async #live(): Promise<number> {
    const { client, fence, clock } = this.#parts;
    try {
      const options = { timeoutMs: OPEN_TIMEOUT_MS };
      const { stream, key } = await client.openHalos(this.#peer, fence(), options);
      if (this.#isClosed) {
        stream.destroy();
        return 0;
      }
      const sinceMs = clock.nowMs();
      this.#stream = stream;
      this.#isGivenUp = false;
      this.#missingSinceMs = undefined;
      this.#subscriber.well();
      await this.#listen(stream, key);
      return this.#isGivenUp ? 0 : clock.nowMs() - sinceMs;
    } catch (error) {
      if (!this.#isClosed) this.#subscriber.troubled(error);
      return 0;
    } finally {
      this.#stream = undefined;
    }
  }

  /** Reads the stream; resolves at its end. */
  #listen(stream: ByteStream, key: Uint8Array): Promise<void> {
    const { log } = this.#parts;
    const peer = this.#peer.bootId;
    const giveUp = (why: string) => {
      if (!this.#isClosed) log.warn({ peer, why }, 'A stream of halos is broken off.');
      this.reset();
    };
    const reader = new FrameReader({
      key,
      maxBytes: this.#subscriber.maxBytes,
      room: (header, bytes) => this.#subscriber.room(header, bytes),
      onFrame: (frame) => this.#take(frame),
    });
    const watchdog = new FrameWatchdog(this.#parts.clock, reader, giveUp);
    return new Promise((resolve) => {
      stream.listen({
        room: () => reader.room(),
        filled: (bytes) => {
          try {
            reader.filled(bytes);
          } catch (error) {
            giveUp(error instanceof Error ? error.message : `${error}`);
          }
          watchdog.look();
        },
        end: (cause) => {
          watchdog.stop();
          this.#subscriber.ended();
          log.debug({ peer, err: cause }, 'A stream of halos has ended.');
          resolve();
        },
      });
    });
  }

  /** Hands a frame on. A message that is refused does not end the stream. */
  #take({ fence, payload }: Frame): void {
    this.#missingSinceMs = undefined;
    this.#patienceMs = PATIENCE_MIN_MS;
    try {
      this.#parts.admit(fence);
    } catch (error) {
      this.#subscriber.refuse(payload);
      this.#subscriber.troubled(error);
      return;
    }
    // A newer fence may just have ended the topology of this subscription.
    if (this.#isClosed) return;
    try {
      this.#subscriber.accept(payload);
    } catch (error) {
      this.#subscriber.troubled(error);
    }
  }
}
