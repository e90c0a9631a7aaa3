import { randomBytes } from 'node:crypto';
import type { ByteStream } from '../../services/platform/byte-stream.ts';
import type { RpcTarget } from '../../services/platform/rpc-client.ts';
import type { OpenResponse, Transport } from '../../services/platform/transport.ts';
import type { Fence } from '../../services/protocol/fence.ts';
import { type FrameKind, FrameReader, FrameSealer } from '../../services/protocol/halo-frame.ts';
import {
  HALO_PATH,
  HALO_PROTOCOL,
  haloKeys,
  NONCE_HEADER,
  readNonce,
  signHello,
} from '../../services/protocol/halo-handshake.ts';
import { MAC_HEADER } from '../../services/protocol/rpc-auth.ts';

export interface HaloPeerOptions {
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
  o: HaloPeerOptions,
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

/** One who knows the secret and the protocol, and sends on a stream whatever a test wants. */
export class HaloPeer {
  readonly stream: ByteStream;
  /** Codes of what was refused. */
  readonly refusals: string[] = [];
  readonly ended: Promise<void>;
  isEnded = false;
  readonly #sealer: FrameSealer;
  readonly #fence: Fence;
  #onRefusal: () => void = () => undefined;

  private constructor(
    stream: ByteStream,
    keys: { halos: Uint8Array; refusals: Uint8Array },
    fence: Fence,
  ) {
    this.stream = stream;
    this.#fence = fence;
    this.#sealer = new FrameSealer(keys.halos);
    const reader = new FrameReader({
      key: keys.refusals,
      maxBytes: () => 65_536,
      onFrame: ({ payload }) => {
        this.refusals.push(JSON.parse(new TextDecoder().decode(payload)).code);
        this.#onRefusal();
      },
    });
    this.ended = new Promise((resolve) => {
      stream.listen({
        data: (chunk) => reader.read(chunk),
        end: () => {
          this.isEnded = true;
          resolve();
        },
      });
    });
  }

  static async open(o: HaloPeerOptions): Promise<HaloPeer> {
    const nonce = randomBytes(32);
    const { secret, sender: senderBootId, target, sequence, fence } = o;
    const call = { senderBootId, targetBootId: target.bootId, sequence, fence };
    const headers = signHello(secret, call, nonce);
    const answer = await askForHalos(o, headers);
    if (!('stream' in answer)) throw new Error(`refused: ${new TextDecoder().decode(answer.body)}`);
    const keys = haloKeys(secret, headers[MAC_HEADER]!, readNonce(answer.header(NONCE_HEADER)));
    return new HaloPeer(answer.stream, keys, fence);
  }

  /** A frame as it goes over the wire. */
  frame(message: Uint8Array, change: { fence?: Fence; kind?: FrameKind } = {}): Uint8Array {
    const { fence = this.#fence, kind = 'halo' } = change;
    return Buffer.concat([this.#sealer.seal(kind, fence, message), message]);
  }

  send(message: Uint8Array, fence = this.#fence): void {
    this.stream.write(this.frame(message, { fence }));
  }

  /** Resolves with the codes of refusals so far once there are so many, or the stream has ended. */
  async refused(count = 1): Promise<string[]> {
    await Promise.race([
      this.ended,
      new Promise<void>((resolve) => {
        const look = () => this.refusals.length >= count && resolve();
        this.#onRefusal = look;
        look();
      }),
    ]);
    return this.refusals;
  }
}
