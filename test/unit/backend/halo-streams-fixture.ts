import { StreamHaloLink } from '../../../services/backend/halo-link.ts';
import { type HaloHost, HaloReceiver } from '../../../services/backend/halo-receiver.ts';
import type { Clock } from '../../../services/platform/clock.ts';
import { MemoryLog } from '../../../services/platform/memory-log.ts';
import { MemoryNetwork } from '../../../services/platform/memory-transport.ts';
import { RpcClient } from '../../../services/platform/rpc-client.ts';
import { VirtualClock } from '../../../services/platform/virtual-clock.ts';
import type { Fence } from '../../../services/protocol/fence.ts';
import { ReplayGuard } from '../../../services/protocol/rpc-auth.ts';

export const SECRET = 'a secret of this test';
export const SENDER = 'http://sender:1';
export const RECEIVER = 'http://receiver:1';
export const TARGET = { origin: RECEIVER, bootId: 'receiver' };
export const FENCE: Fence = { generation: 1, epoch: 1, topologyVersion: 1 };

/** A host that notes what it gets. */
class NotingHost implements HaloHost {
  largestHaloBytes = 100;
  haloBuffer = (bytes: number) => new Uint8Array(bytes);
  readonly halos: { fence: Fence; from: string; bytes: number[] }[] = [];
  /** What is thrown instead of taking a message. */
  refusal: Error | undefined;

  admit(): void {}

  acceptHalo(fence: Fence, from: string, message: Uint8Array): void {
    if (this.refusal !== undefined) throw this.refusal;
    this.halos.push({ fence, from, bytes: [...message] });
  }

  /** The first byte of each message. */
  get firstBytes(): (number | undefined)[] {
    return this.halos.map(({ bytes: [first] }) => first);
  }
}

/** A receiver on a network in memory, and senders to it. */
export class HaloStreams {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly log = new MemoryLog();
  readonly host = new NotingHost();
  readonly receiver = this.#makeReceiver();
  /** How often a stream was asked for. */
  opened = 0;

  constructor() {
    this.attach();
  }

  /** Puts the receiver on the network. */
  attach(): void {
    this.network.attach(RECEIVER, {
      fetch: () => new Response(),
      upgrade: (request) => {
        this.opened++;
        return this.receiver.upgrade(request);
      },
    });
  }

  link(bootId = 'sender', clock: Clock = this.clock) {
    const reports: string[] = [];
    const transport = this.network.transportOf(SENDER);
    const client = new RpcClient({ transport, secret: SECRET, selfBootId: bootId });
    const link = new StreamHaloLink(
      TARGET,
      {
        troubled: (error) => {
          const { code, reason } = error as { code?: string; reason?: string };
          reports.push(`troubled: ${code ?? reason}`);
        },
        well: () => reports.push('well'),
      },
      { client, fence: () => FENCE, clock, log: this.log },
    );
    return { link, reports };
  }

  /** Lets all that is under way happen, in no time. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  #makeReceiver(): HaloReceiver {
    const { log } = this;
    const rpc = { secret: SECRET, bootId: TARGET.bootId, guard: new ReplayGuard(), log };
    return new HaloReceiver(rpc, this.host, this.clock);
  }
}

/** A message that is told from others by its first byte. */
export const message = (first: number, bytes = 50): Uint8Array => {
  const out = new Uint8Array(bytes);
  out[0] = first;
  return out;
};
