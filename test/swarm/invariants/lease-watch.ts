import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import type { ColonyRecord } from '../../../services/protocol/record/colony-record.ts';
import type { Boot } from '../processes/boot.ts';
import type { ProcessClock } from '../time/process-clock.ts';

/** Until when a process may act under an epoch, by its own clock. */
export class LeaseWatch {
  readonly #leaseMs: number;
  /** By boot and epoch. */
  readonly #untilMs = new Map<string, number>();
  readonly #sentMs = new Map<string, number>();

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** The record store of a process, watched: a lease begins when a beat that went through was sent. */
  recordOf(boot: Boot, clock: ProcessClock, store: RecordStore): RecordStore {
    const nameOf = ({ leader }: ColonyRecord) =>
      leader?.id === boot.bootId ? `${boot.name} ${leader.epoch}` : undefined;
    const extend = (name: string, sentMs: number) => {
      const untilMs = sentMs + this.#leaseMs;
      this.#untilMs.set(name, Math.max(untilMs, this.#untilMs.get(name) ?? 0));
    };
    /** A write whose answer was lost shows in what is read: it went through. */
    const see = (record: ColonyRecord) => {
      const name = nameOf(record);
      const sentMs = this.#sentMs.get(name ?? '');
      if (name && sentMs !== undefined && !this.#untilMs.has(name)) extend(name, sentMs);
      return record;
    };
    return {
      read: async () => see(await store.read()),
      replace: async (seen, next) => {
        const name = nameOf(next);
        const sentMs = clock.nowMs();
        const isBeat =
          next.leader?.epoch !== seen.leader?.epoch || next.leader?.beat !== seen.leader?.beat;
        if (name && isBeat && !this.#sentMs.has(name)) this.#sentMs.set(name, sentMs);
        const result = await store.replace(seen, next);
        if (result.ok && name && isBeat) extend(name, sentMs);
        see(result.record);
        return result;
      },
    };
  }

  /** Says what is wrong with an act under an epoch; undefined if it may act. */
  problem(boot: Boot, clock: ProcessClock, epoch: number): string | undefined {
    const untilMs = this.#untilMs.get(`${boot.name} ${epoch}`);
    if (untilMs === undefined) return `it acts under epoch ${epoch}, which it never took`;
    const overMs = clock.nowMs() - untilMs;
    return overMs >= 0 ? `it acts ${overMs.toFixed(3)} ms after its lease` : undefined;
  }
}
