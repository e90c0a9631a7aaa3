import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import type { ColonyRecord, Leader } from '../../../services/protocol/record/colony-record.ts';
import type { Boot } from '../processes/boot.ts';
import type { ProcessClock } from '../time/process-clock.ts';

/** Until when a process may act under an epoch, by its own clock. */
export class LeaseWatch {
  readonly #leaseMs: number;
  /** By boot and epoch. */
  readonly #untilMs = new Map<string, number>();
  readonly #sentMs = new Map<string, number>();
  /** Those that have said that they act no more. */
  readonly #resigned = new Set<string>();
  readonly #coordinators = new Map<string, { boot: Boot; clock: ProcessClock }>();

  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs;
  }

  /** The record store of a process, watched: a lease begins when a beat that went through was sent. */
  recordOf(boot: Boot, clock: ProcessClock, store: RecordStore): RecordStore {
    this.#coordinators.set(boot.bootId, { boot, clock });
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
        if (name && next.leader?.resigned) this.#resigned.add(name);
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

  /**
   * Says who may still act while another takes the lead; undefined if nobody may, or where their clocks drift apart.
   */
  overlap(before: Leader | undefined, next: Leader | undefined): string | undefined {
    const former = this.#coordinators.get(before?.id ?? '');
    const taker = this.#coordinators.get(next?.id ?? '');
    if (former === undefined || taker === undefined || former === taker) return undefined;
    const name = `${former.boot.name} ${before?.epoch}`;
    const isGone = former.boot.isDead || this.#resigned.has(name);
    if (isGone || former.clock.rate !== taker.clock.rate) return undefined;
    const leftMs = (this.#untilMs.get(name) ?? 0) - former.clock.nowMs();
    if (leftMs <= 0) return undefined;
    return `${taker.boot.name} takes the lead, ${name} may act for ${leftMs.toFixed(3)} ms`;
  }

  /** Says what is wrong with an act under an epoch; undefined if it may act. */
  problem(boot: Boot, clock: ProcessClock, epoch: number): string | undefined {
    const untilMs = this.#untilMs.get(`${boot.name} ${epoch}`);
    if (untilMs === undefined) return `it acts under epoch ${epoch}, which it never took`;
    if (this.#resigned.has(`${boot.name} ${epoch}`)) return `it has resigned epoch ${epoch}`;
    const overMs = clock.nowMs() - untilMs;
    return overMs >= 0 ? `it acts ${overMs.toFixed(3)} ms after its lease` : undefined;
  }
}
