import type { ByteStream, UpgradeHandler } from '../platform/byte-stream.ts';
import type { Clock } from '../platform/clock.ts';
import { haloUpgradeHandler } from '../platform/halo-upgrade.ts';
import { asColonyError, type RpcServerOptions } from '../platform/rpc-server.ts';
import { ColonyError, problemOf } from '../protocol/errors.ts';
import type { Fence } from '../protocol/fence.ts';
import { type Frame, FrameReader, FrameSealer } from '../protocol/halo-frame.ts';
import type { HaloKeys } from '../protocol/halo-handshake.ts';
import { CONTROL_BODY_MAX_BYTES } from '../protocol/rpc.ts';
import { BACKENDS_MAX } from '../protocol/topology.ts';

/** Whose halos they are. */
export interface HaloHost {
  /** Takes note of a fence; throws STALE_FENCE. */
  admit(fence: Fence): void;
  /** Takes a message and its fence; throws what the sender is to be told. */
  acceptHalo(fence: Fence, senderBootId: string, message: Uint8Array): void;
  /**
   * The largest message of the topology that is held, or was before it: a sender that has not heard
   * yet that one is over is told so in its turn, not cut off. 0 if there was none.
   */
  readonly largestHaloBytes: number;
  /** Where to put a message that comes; the host's again with `acceptHalo`. */
  haloBuffer(bytes: number): Uint8Array;
}

/** A frame that has begun is complete by then. */
const FRAME_TIMEOUT_MS = 10_000;
/** Refusals that a sender does not read are given up with its connection. */
const REFUSALS_MAX_BYTES = 64 * 1024;

/**
 * The receiving end of all streams of halos. Each peer has one, a newer one takes the place of an
 * older; a stream that is not what it should be is closed, and its sender makes a new one.
 */
export class HaloReceiver {
  /** Answers who asks for a stream. */
  readonly upgrade: UpgradeHandler;
  readonly #rpc: RpcServerOptions;
  readonly #host: HaloHost;
  readonly #clock: Clock;
  /** By the sender's boot id, the oldest first. */
  readonly #streams = new Map<string, ByteStream>();
  #isClosed = false;

  constructor(rpc: RpcServerOptions, host: HaloHost, clock: Clock) {
    this.#rpc = rpc;
    this.#host = host;
    this.#clock = clock;
    this.upgrade = haloUpgradeHandler(rpc, {
      admit: ({ fence }) => {
        if (this.#isClosed) throw new ColonyError('BACKEND_FAILED', 'the backend stops');
        host.admit(fence);
      },
      accept: ({ senderBootId }, stream, keys) => this.#run(senderBootId, stream, keys),
    });
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Ends all streams and takes no further ones. */
  close(): void {
    this.#isClosed = true;
    for (const stream of this.#streams.values()) stream.destroy();
    this.#streams.clear();
  }

  #run(senderBootId: string, stream: ByteStream, keys: HaloKeys): void {
    this.#keep(senderBootId, stream);
    const ended = new AbortController();
    const sealer = new FrameSealer(keys.refusals);
    const refuse = (frame: Fence, error: ColonyError) => {
      if (stream.waitingBytes > REFUSALS_MAX_BYTES) return;
      const { code, detail } = problemOf(error);
      const refusal = new TextEncoder().encode(JSON.stringify({ code, detail }));
      stream.write(sealer.seal('refusal', frame, refusal), refusal);
    };
    const reader = new FrameReader({
      key: keys.halos,
      maxBytes: () => Math.max(this.#host.largestHaloBytes, CONTROL_BODY_MAX_BYTES),
      allocate: (bytes) => this.#host.haloBuffer(bytes),
      onFrame: (frame) => this.#take(senderBootId, frame, refuse),
    });
    let isWatched = false;
    const watch = async () => {
      isWatched = true;
      for (let frames = -1; reader.isMidFrame && frames !== reader.frames; ) {
        frames = reader.frames;
        await this.#clock.sleep(FRAME_TIMEOUT_MS, ended.signal).catch(() => undefined);
        if (ended.signal.aborted) return;
        if (reader.isMidFrame && frames === reader.frames) {
          this.#giveUp(senderBootId, stream, `a frame took more than ${FRAME_TIMEOUT_MS} ms`);
        }
      }
      isWatched = false;
    };
    stream.listen({
      data: (chunk) => {
        try {
          reader.read(chunk);
        } catch (error) {
          this.#giveUp(senderBootId, stream, error instanceof Error ? error.message : `${error}`);
        }
        if (reader.isMidFrame && !isWatched) void watch();
      },
      end: () => {
        ended.abort();
        if (this.#streams.get(senderBootId) === stream) this.#streams.delete(senderBootId);
      },
    });
  }

  /** Senders have the secret; still there are no more of them than backends. */
  #keep(senderBootId: string, stream: ByteStream): void {
    this.#streams.get(senderBootId)?.destroy();
    this.#streams.delete(senderBootId);
    this.#streams.set(senderBootId, stream);
    if (this.#streams.size <= BACKENDS_MAX) return;
    for (const [oldest, other] of this.#streams) {
      other.destroy();
      this.#streams.delete(oldest);
      return;
    }
  }

  #take(
    senderBootId: string,
    { kind, fence, payload }: Frame,
    refuse: (fence: Fence, error: ColonyError) => void,
  ): void {
    try {
      if (kind !== 'halo') throw new ColonyError('HALO_INVALID', `a frame of kind ${kind}`);
      this.#host.acceptHalo(fence, senderBootId, payload);
    } catch (error) {
      refuse(fence, asColonyError(error, { peer: senderBootId }, this.#rpc.log));
    }
  }

  #giveUp(senderBootId: string, stream: ByteStream, why: string): void {
    this.#rpc.log.warn({ peer: senderBootId, why }, 'A connection for halos is broken off.');
    stream.destroy();
  }
}
