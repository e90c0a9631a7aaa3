import type { Fence } from '../../../../services/protocol/wire/fence.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryNetwork } from '../../../simulation/network/memory-network.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

export const SECRET = 'a secret of this test';
export const SENDER = 'http://sender:1';
export const RECEIVER = 'http://receiver:1';
export const FENCE: Fence = { generation: 1, epoch: 1, topologyVersion: 1 };

/** A network in memory, on virtual time. */
export class HaloNetwork {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork(this.clock);
  readonly log = new MemoryLog();

  /** Lets all that is under way happen, in no time. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** What was warned of. */
  get warnings() {
    return this.log.lines.filter(({ level }) => level === 'warn');
  }
}

/** A message that is told from others by its first byte. */
export const message = (first: number, bytes = 50): Uint8Array => {
  const out = new Uint8Array(bytes);
  out[0] = first;
  return out;
};
