import type { ByteStream } from '../platform/byte-stream.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { RpcClient, RpcTarget } from '../platform/rpc-client.ts';
import { ColonyError, ERRORS, type ErrorCode } from '../protocol/errors.ts';
import type { Fence } from '../protocol/fence.ts';
import { type Frame, FrameReader, FrameSealer } from '../protocol/halo-frame.ts';
import type { HaloLink, HaloLinkReports } from './halo-transport.ts';

export interface StreamHaloLinkParts {
  client: Pick<RpcClient, 'openHalos' | 'call'>;
  /** What halos are fenced with at that moment. */
  fence: () => Fence;
  clock: Clock;
  log: Log;
}

/** A peer needs no others: it can be one exchange behind, not two. */
const MESSAGES_MAX = 2;
const OPEN_TIMEOUT_MS = 1_500;
const BACKOFF_MIN_MS = 50;
const BACKOFF_MAX_MS = 1_000;
/** A connection that lived so long was a good one. */
const GOOD_LIFE_MS = 1_000;
const REFUSAL_MAX_BYTES = 4096;
/**
 * How long a peer may pull everything, and nothing arrive by the connection, before that is given up:
 * well above the time that messages are on their way, or that a process stands still and then pulls
 * what lies in its socket. Doubled as long as new connections do not help either.
 */
const PATIENCE_MIN_MS = 2_000;
const PATIENCE_MAX_MS = 60_000;

/**
 *     down ──send──▶ opening ──────▶ up
 *      ▲                │            │
 *      └────────────────┴──ends──────┘
 */
type State =
  | { name: 'down' }
  | { name: 'opening'; pending: Uint8Array[] }
  | { name: 'up'; stream: ByteStream; sealer: FrameSealer; sinceMs: number };

interface SentMessage {
  readonly message: Uint8Array;
  /** The peer pulled it. */
  isMissed: boolean;
}

/**
 * The sender's end of a stream of halos. It is opened by sending, again and again with growing
 * pauses, and by nothing else: who sends nothing needs no connection.
 */
export class StreamHaloLink implements HaloLink {
  readonly #peer: RpcTarget;
  readonly #reports: HaloLinkReports;
  readonly #parts: StreamHaloLinkParts;
  #state: State = { name: 'down' };
  /** The newest messages that this connection was given and that were not refused. */
  #sent: SentMessage[] = [];
  /** When the peer pulled the first of the messages since which none was seen to arrive. */
  #missingSinceMs: number | undefined;
  #patienceMs = PATIENCE_MIN_MS;
  #backoffMs = BACKOFF_MIN_MS;
  #retryAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(peer: RpcTarget, reports: HaloLinkReports, parts: StreamHaloLinkParts) {
    this.#peer = peer;
    this.#reports = reports;
    this.#parts = parts;
  }

  send(message: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#state.name === 'up') {
      this.#write(this.#state, message);
    } else if (this.#state.name === 'opening') {
      this.#state.pending = [...this.#state.pending, message].slice(-MESSAGES_MAX);
    } else if (this.#parts.clock.nowMs() >= this.#retryAtMs) {
      void this.#open(message);
    }
  }

  get isIdle(): boolean {
    if (this.#state.name === 'up') return this.#state.stream.waitingBytes === 0;
    return this.#state.name === 'down';
  }

  missed(message: Uint8Array): void {
    const index = this.#sent.findIndex((one) => one.message === message);
    if (this.#state.name !== 'up' || index < 0) return;
    // What went before it did so before anything was missing.
    this.#sent = [{ message, isMissed: true }, ...this.#sent.slice(index + 1)];
    const nowMs = this.#parts.clock.nowMs();
    this.#missingSinceMs ??= nowMs;
    if (nowMs - this.#missingSinceMs < this.#patienceMs) return;
    this.#parts.log.debug({ peer: this.#peer.bootId }, 'Halos are sent and do not arrive.');
    this.#missingSinceMs = undefined;
    this.#patienceMs = Math.min(PATIENCE_MAX_MS, 2 * this.#patienceMs);
    this.#state.stream.destroy();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#state.name === 'up') this.#state.stream.destroy();
    this.#state = { name: 'down' };
  }

  #write({ stream, sealer }: State & { name: 'up' }, message: Uint8Array): void {
    this.#remember(message);
    if (stream.waitingBytes >= MESSAGES_MAX * message.byteLength) {
      this.#parts.log.debug(
        { peer: this.#peer.bootId, waitingBytes: stream.waitingBytes },
        'Too much is under way: the peer has to pull.',
      );
      return;
    }
    stream.write(sealer.seal('halo', this.#parts.fence(), message), message);
  }

  /** Sending exchange n + 2 proves that the peer has n: by this connection, if it did not pull it. */
  #remember(message: Uint8Array): void {
    this.#sent.push({ message, isMissed: false });
    if (this.#sent.length <= MESSAGES_MAX) return;
    if (this.#sent.shift()?.isMissed === false) this.#arrived();
  }

  #arrived(): void {
    this.#missingSinceMs = undefined;
    this.#patienceMs = PATIENCE_MIN_MS;
  }

  async #open(message: Uint8Array): Promise<void> {
    const { client, fence, clock } = this.#parts;
    const opening: State = { name: 'opening', pending: [message] };
    this.#state = opening;
    let opened: ByteStream | undefined;
    try {
      const options = { timeoutMs: OPEN_TIMEOUT_MS };
      const { stream, keys } = await client.openHalos(this.#peer, fence(), options);
      opened = stream;
      if (this.#isClosed) {
        stream.destroy();
        return;
      }
      const up: State = {
        name: 'up',
        stream,
        sealer: new FrameSealer(keys.halos),
        sinceMs: clock.nowMs(),
      };
      this.#state = up;
      this.#sent = [];
      this.#missingSinceMs = undefined;
      this.#listen(stream, keys.refusals);
      this.#reports.well();
      for (const pending of opening.pending) this.#write(up, pending);
    } catch (error) {
      opened?.destroy();
      if (this.#isClosed) return;
      this.#state = { name: 'down' };
      this.#backOff();
      this.#reports.troubled(error);
    }
  }

  #listen(stream: ByteStream, key: Uint8Array): void {
    const reader = new FrameReader({
      key,
      maxBytes: () => REFUSAL_MAX_BYTES,
      onFrame: (frame) => this.#refused(frame),
    });
    stream.listen({
      data: (chunk) => {
        try {
          reader.read(chunk);
        } catch (error) {
          this.#reports.troubled(error);
          stream.destroy();
        }
      },
      end: (cause) => this.#ended(stream, cause),
    });
  }

  #refused({ payload }: Frame): void {
    this.#sent = [];
    this.#arrived();
    this.#reports.troubled(refusalOf(payload));
  }

  /** No trouble yet: the next message tries again at once, unless this happens all the time. */
  #ended(stream: ByteStream, cause: Error | undefined): void {
    if (this.#isClosed || this.#state.name !== 'up' || this.#state.stream !== stream) return;
    const { clock, log } = this.#parts;
    log.debug({ peer: this.#peer.bootId, err: cause }, 'The connection for halos has ended.');
    const { sinceMs } = this.#state;
    this.#state = { name: 'down' };
    if (clock.nowMs() - sinceMs < GOOD_LIFE_MS) this.#backOff();
    else this.#backoffMs = BACKOFF_MIN_MS;
  }

  #backOff(): void {
    this.#retryAtMs = this.#parts.clock.nowMs() + this.#backoffMs;
    this.#backoffMs = Math.min(BACKOFF_MAX_MS, 2 * this.#backoffMs);
  }
}

/** Refusals are problem documents, authentic ones. */
function refusalOf(payload: Uint8Array): ColonyError {
  const { code, detail } = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  const isKnown = typeof code === 'string' && Object.hasOwn(ERRORS, code);
  return new ColonyError(isKnown ? (code as ErrorCode) : 'BACKEND_FAILED', String(detail ?? code));
}
