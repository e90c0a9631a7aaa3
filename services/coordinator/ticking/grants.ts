import { type ColonyRecord, limitOf, stands } from '../../protocol/record/colony-record.ts';
import { BackendGrant, type GrantInForce } from './backend-grant.ts';
import { type Pace, type Progress, wantedGrant, wantedReservation } from './horizon.ts';

export interface GrantsOptions {
  heartbeatIntervalMs: number;
  beatIntervalMs: number;
  /** The epoch under which it grants. */
  epoch: number;
  /** Numbers the grants of the epoch, from 1: a number is never used twice in it. */
  nextNumber: () => number;
}

/**
 * The ticks that one leader grants within one generation, backend by backend. A grant is never beyond the
 * record's horizon, nor beyond the tick at which a paused colony stops. It may be less than the one before;
 * what counts as granted falls only when every backend has acknowledged how far it runs now:
 *
 *     leader     300 to A and B ──▶ 200 to A and B ──▶                     granted:
 *     A                        300               └─▶ 215, begun by then    300
 *     B                        300 ─ ─ silent ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─▶ 200   300, then 215
 *
 * A backend that stays silent keeps its grant in force, for good if it is replaced: what it has computed
 * may have been seen (`topologyHorizon` of the record). After a loss that stays granted, but the backends are let
 * run there in the same small steps as anywhere: they can stand on their way, and checkpoints be named.
 */
export class Grants {
  readonly #options: GrantsOptions;
  #floor: number;
  #byBackend = new Map<string, BackendGrant>();
  /** How many writes that hold the colony are under way. */
  #freezes = 0;
  #recalls = new Set<Recall>();
  /** The ticks to which every backend is to run, and no further. */
  #pins = new Set<{ tick: number }>();
  #newest = 0;

  /** A former leader may have granted all that was reserved, up to where it paused. */
  constructor(record: ColonyRecord, options: GrantsOptions) {
    this.#floor = limitOf(record);
    this.#options = options;
  }

  /** The highest tick to which any backend may have been told to run. */
  get granted(): number {
    return Math.max(this.#floor, this.running);
  }

  /** What backends of earlier topologies may have computed: it stays granted. */
  get floor(): number {
    return this.#floor;
  }

  /** The highest tick to which any backend of this topology may run; less than what is granted in a replay. */
  get running(): number {
    return Math.max(0, ...[...this.#byBackend.values()].map(({ most }) => most));
  }

  /**
   * Grants to the backends of this topology from now on, and to no others.
   *
   * @param isHeld they hold it since before: they may run to all that was granted. Else they have no grant yet.
   */
  follow(bootIds: readonly string[], { topologyHorizon }: ColonyRecord, isHeld: boolean): void {
    const { granted } = this;
    this.#floor = Math.min(granted, topologyHorizon ?? granted);
    this.#byBackend = new Map(
      bootIds.map((bootId) => [bootId, new BackendGrant(isHeld ? granted : 0)]),
    );
  }

  /** The tick to which the next heartbeats let backends run. */
  next(record: ColonyRecord, progress: Progress): number {
    let wanted = this.#wanted(progress);
    // A colony that is to stand at a tick gets there, however slow it is.
    if (stands(record)) wanted = Math.max(wanted, this.running);
    if (this.#freezes > 0) wanted = Math.min(wanted, this.granted);
    for (const { tick } of this.#recalls) wanted = Math.min(wanted, tick);
    // Whoever waits for that state would wait in vain for it if others had the world stand before.
    for (const { tick } of this.#pins) wanted = tick;
    return Math.min(limitOf(record), wanted);
  }

  #wanted(progress: Progress): number {
    const { heartbeatIntervalMs } = this.#options;
    // They may all be as far as they were let run before.
    if (!progress.isKnown) return Math.max(this.#floor, wantedGrant(progress, heartbeatIntervalMs));
    const unpaced = wantedGrant({ ...progress, ticksPerSecond: null }, heartbeatIntervalMs);
    return Math.max(wantedGrant(progress, heartbeatIntervalMs), Math.min(unpaced, this.#floor));
  }

  /** To be called with what a heartbeat is about to grant; answers the number of the grant. */
  give(bootId: string, horizon: number): number {
    this.#newest = this.#options.nextNumber();
    this.#byBackend.get(bootId)?.sent(this.#newest, horizon);
    return this.#newest;
  }

  /** To be called with what a backend says is in force. */
  acknowledge(bootId: string, { epoch, number, horizon }: GrantInForce): void {
    if (epoch !== this.#options.epoch) return;
    this.#byBackend.get(bootId)?.acknowledge(number, horizon);
    for (const recall of this.#recalls) recall.look([...this.#byBackend.values()]);
  }

  /** Lets no backend run beyond a tick, or beyond what it has begun, until the recall has ended. */
  recall(tick: number): { acknowledged: Promise<void>; end: () => void } {
    const recall = new Recall(tick, this.#newest);
    this.#recalls.add(recall);
    return { acknowledged: recall.acknowledged, end: () => void this.#recalls.delete(recall) };
  }

  /** Lets every backend run exactly to a tick, beyond which none may run now, until it is let go. */
  pin(tick: number): () => void {
    const pinned = { tick };
    this.#pins.add(pinned);
    return () => void this.#pins.delete(pinned);
  }

  /** Grants nothing beyond what is granted, until it is thawed. */
  freeze(): () => void {
    this.#freezes++;
    return () => void this.#freezes--;
  }

  /**
   * Grants nothing further while what is granted is being written.
   *
   * @param clarify run after a write that failed; nothing is granted before it has finished.
   */
  async frozen<T>(
    write: () => Promise<T>,
    clarify: () => Promise<void> = async () => {},
  ): Promise<T> {
    const thaw = this.freeze();
    try {
      const result = await write();
      thaw();
      return result;
    } catch (error) {
      void clarify().finally(thaw);
      throw error;
    }
  }

  /** The horizon that the next beat reserves, and whether backends would soon have to wait for it. */
  reservation(record: ColonyRecord, progress: Pace): { horizon: number; urgent: boolean } {
    const { heartbeatIntervalMs, beatIntervalMs } = this.#options;
    const end = stands(record) ? (record.runUntil ?? record.horizon) : Number.MAX_SAFE_INTEGER;
    const horizon = wantedReservation(progress, heartbeatIntervalMs, beatIntervalMs);
    const needed = Math.min(end, wantedGrant(progress, heartbeatIntervalMs));
    return { horizon: Math.min(end, horizon), urgent: needed > record.horizon };
  }
}

/** Resolves once every backend has acknowledged a grant that was made after it. */
class Recall {
  readonly tick: number;
  readonly acknowledged: Promise<void>;
  readonly #after: number;
  #resolve: () => void = () => {};

  constructor(tick: number, after: number) {
    this.tick = tick;
    this.#after = after;
    this.acknowledged = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  look(grants: readonly BackendGrant[]): void {
    if (grants.every(({ number }) => number > this.#after)) this.#resolve();
  }
}
