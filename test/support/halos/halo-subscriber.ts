import { randomBytes } from 'node:crypto';
import type { ByteStream } from '../../../services/platform/rpc/byte-stream.ts';
import type { RpcTarget } from '../../../services/platform/rpc/rpc-client.ts';
import type { OpenResponse, Transport } from '../../../services/platform/rpc/transport.ts';
import type { Fence } from '../../../services/protocol/wire/fence.ts';
import { type Frame, FrameReader } from '../../../services/protocol/wire/halo-frame.ts';
import {
  HALO_PATH,
  HALO_PROTOCOL,
  haloKey,
  NONCE_HEADER,
  readNonce,
  signHello,
} from '../../../services/protocol/wire/halo-handshake.ts';
import { MAC_HEADER } from '../../../services/protocol/wire/rpc-auth.ts';

export interface HelloOptions {
  transport: Transport;
  secret: string;
  sender: string;
  target: RpcTarget;
  fence: Fence;
  /** Apart from those of the real process of this name. */
  sequence: number;
}

/** The request for a stream, as a neighbour makes it; headers in place of the right ones. */
export function askForHalos(
  o: HelloOptions,
  headers: Record<string, string> = {},
): Promise<OpenResponse> {
  const { secret, sender: senderBootId, target, sequence, fence } = o;
  const call = { senderBootId, targetBootId: target.bootId, sequence, fence };
  return o.transport.open({
    origin: target.origin,
    path: HALO_PATH,
    protocol: HALO_PROTOCOL,
    headers: { ...signHello(secret, call, randomBytes(32)), ...headers },
    timeoutMs: 5_000,
    maxResponseBytes: 65_536,
  });
}

/** One who knows the secret and the protocol, and notes what comes on a stream. */
export class HaloSubscriberPeer {
  readonly stream: ByteStream;
  readonly frames: Frame[] = [];
  readonly ended: Promise<void>;
  isEnded = false;

  private constructor(stream: ByteStream, key: Uint8Array) {
    this.stream = stream;
    const onFrame = (frame: Frame) => this.frames.push(frame);
    const reader = new FrameReader({ key, maxBytes: 1_000_000, onFrame });
    this.ended = new Promise((resolve) => {
      stream.listen({
        room: () => reader.room(),
        filled: (bytes) => reader.filled(bytes),
        end: () => {
          this.isEnded = true;
          resolve();
        },
      });
    });
  }

  static async open(o: HelloOptions): Promise<HaloSubscriberPeer> {
    const { secret, sender: senderBootId, target, sequence, fence } = o;
    const call = { senderBootId, targetBootId: target.bootId, sequence, fence };
    const headers = signHello(secret, call, randomBytes(32));
    const answer = await askForHalos(o, headers);
    if (!('stream' in answer)) throw new Error(`refused: ${new TextDecoder().decode(answer.body)}`);
    const key = haloKey(secret, headers[MAC_HEADER]!, readNonce(answer.header(NONCE_HEADER)));
    return new HaloSubscriberPeer(answer.stream, key);
  }

  /** The first byte of each message. */
  get firstBytes(): (number | undefined)[] {
    return this.frames.map(({ payload: [first] }) => first);
  }
}
