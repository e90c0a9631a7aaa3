import type { RpcClient, RpcTarget } from '../../platform/rpc/rpc-client.ts';
import type { HaloPublisher } from './halo-publisher.ts';
import { StreamHaloSubscription, type StreamHaloSubscriptionParts } from './halo-subscription.ts';
import type { HaloSubscriber, HaloSubscription, HaloTransport } from './halo-transport.ts';

/** The largest problem document that a pull may be answered with. */
const PROBLEM_MAX_BYTES = 64 * 1024;

export interface StreamHaloTransportParts extends StreamHaloSubscriptionParts {
  client: Pick<RpcClient, 'openHalos' | 'call'>;
  publisher: Pick<HaloPublisher, 'send' | 'makeRoom' | 'abandon'>;
}

/** Uses a stream from each peer; pulls, which are rare, are signed calls. */
export class StreamHaloTransport implements HaloTransport {
  readonly #parts: StreamHaloTransportParts;

  constructor(parts: StreamHaloTransportParts) {
    this.#parts = parts;
  }

  subscribe(peer: RpcTarget, subscriber: HaloSubscriber): HaloSubscription {
    return new StreamHaloSubscription(peer, subscriber, this.#parts);
  }

  send(bootId: string, message: Uint8Array): void {
    this.#parts.publisher.send(bootId, message);
  }

  makeRoom(bootId: string): void {
    this.#parts.publisher.makeRoom(bootId);
  }

  abandon(bootId: string): void {
    this.#parts.publisher.abandon(bootId);
  }

  pull(
    peer: RpcTarget,
    tick: number,
    { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
  ): Promise<Uint8Array> {
    const { client, fence } = this.#parts;
    const options = { timeoutMs, maxResponseBytes: Math.max(maxBytes, PROBLEM_MAX_BYTES) };
    return client.call('pullHalo', peer, fence(), { tick }, options);
  }
}
