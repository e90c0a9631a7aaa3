import type { ByteStream, UpgradeHandler } from '../../../services/platform/rpc/byte-stream.ts';
import { haloUpgradeHandler } from '../../../services/platform/rpc/halo-upgrade.ts';
import type { Fence } from '../../../services/protocol/wire/fence.ts';
import { FrameSealer } from '../../../services/protocol/wire/halo-frame.ts';
import { ReplayGuard } from '../../../services/protocol/wire/rpc-auth.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { chunkListener } from '../chunks.ts';

/** One stream to a subscriber, on which a test sends whatever it wants. */
export class SentStream {
  readonly subscriber: string;
  readonly stream: ByteStream;
  readonly ended: Promise<void>;
  isEnded = false;
  readonly #sealer: FrameSealer;
  readonly #fence: Fence;

  constructor(subscriber: string, stream: ByteStream, key: Uint8Array, fence: Fence) {
    this.subscriber = subscriber;
    this.stream = stream;
    this.#sealer = new FrameSealer(key);
    this.#fence = fence;
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.isEnded = true;
        resolve();
      };
      stream.listen(chunkListener(() => undefined, end));
    });
  }

  /** A frame as it goes over the wire. */
  frame(message: Uint8Array, fence = this.#fence): Uint8Array {
    return Buffer.concat([this.#sealer.seal(fence, message), message]);
  }

  send(message: Uint8Array, fence = this.#fence): void {
    this.stream.write(this.frame(message, fence));
  }
}

/** A peer that knows the secret and the protocol, and opens a stream on request. */
export class HaloSender {
  readonly upgrade: UpgradeHandler;
  /** The newest last. */
  readonly streams: SentStream[] = [];
  /** What is thrown here refuses a stream. */
  admit: () => void = () => undefined;
  /** Gets each stream. */
  onStream: (stream: SentStream) => void = () => undefined;

  /** @param fence of what it sends */
  constructor(o: { secret: string; bootId: string; fence: Fence }) {
    const rpc = { ...o, guard: new ReplayGuard(), log: new MemoryLog() };
    this.upgrade = haloUpgradeHandler(rpc, {
      admit: () => this.admit(),
      accept: ({ senderBootId }, stream, key) => {
        const sent = new SentStream(senderBootId, stream, key, o.fence);
        this.streams.push(sent);
        this.onStream(sent);
      },
    });
  }

  /** The newest stream; there must be one. */
  get latest(): SentStream {
    const latest = this.streams.at(-1);
    if (latest === undefined) throw new Error('no stream has been requested');
    return latest;
  }
}
