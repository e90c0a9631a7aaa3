import type { RpcTarget } from '../platform/rpc-client.ts';
import { StreamHaloLink, type StreamHaloLinkParts } from './halo-link.ts';
import type { HaloLink, HaloLinkReports, HaloTransport } from './halo-transport.ts';

/** Problem documents are answers too and need room. */
const PROBLEM_MAX_BYTES = 64 * 1024;

/** A stream to each peer; pulls, which are rare, are signed calls. */
export class StreamHaloTransport implements HaloTransport {
  readonly #parts: StreamHaloLinkParts;

  constructor(parts: StreamHaloLinkParts) {
    this.#parts = parts;
  }

  link(peer: RpcTarget, reports: HaloLinkReports): HaloLink {
    return new StreamHaloLink(peer, reports, this.#parts);
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
