import type { BackendCompute } from '../../platform/compute/compute.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import { planCapacity, type Shortage } from './capacity-plan.ts';

/** The configured capacity. */
export interface CapacitySettings {
  compute: BackendCompute;
  /** How many backends there are while a colony is started that was not scaled. */
  backendCount: number;
  /** The share of them on Spot, from 0 to 1. */
  spotShare: number;
}

export interface CapacityOptions extends CapacitySettings {
  clock: Clock;
  log: Log;
  beatIntervalMs: number;
  record: () => ColonyRecord;
  /** Whether backends still hold something of a colony that was stopped. */
  isReleasing: () => boolean;
}

/** Backends that do not release a stopped colony are ended after so long. */
const RELEASE_PATIENCE_MS = 30_000;

/**
 * Keeps as many backends as the record asks for: the configured number from the claim of a start on, another
 * one once somebody scales the colony, none once it is stopped and released. It checks on every beat, which also undoes what a former leader did
 * too late.
 */
export class Capacity {
  readonly #options: CapacityOptions;
  readonly #wakeup: Wakeup;
  #shortage: Shortage | undefined;
  #awaySinceMs: number | undefined;
  #releasingSinceMs: number | undefined;
  #looking: Promise<void> | undefined;
  #said: string | undefined;

  constructor(options: CapacityOptions) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock);
  }

  /** Checks now instead of at the next beat, because the record has changed. */
  nudge(): void {
    this.#wakeup.notify();
  }

  /** Checks on every beat until the term is over. */
  async run(term: LeaderTerm): Promise<void> {
    this.#shortage = undefined;
    this.#awaySinceMs = undefined;
    this.#releasingSinceMs = undefined;
    while (term.mayAct) {
      await this.reconcile(term);
      await this.#wakeup.wait(this.#options.beatIntervalMs, term.signal);
    }
  }

  /** Like reconcile, but with a check that begins after this call. */
  async reconcileAgain(term: LeaderTerm): Promise<void> {
    await this.#looking;
    await this.reconcile(term);
  }

  /** One check, and the change that follows from it. Never throws: the next check tries again. */
  reconcile(term: LeaderTerm): Promise<void> {
    this.#looking ??= this.#reconcile(term).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #reconcile(term: LeaderTerm): Promise<void> {
    const { compute, log } = this.#options;
    try {
      const service = await compute.describe();
      if (service === undefined) return;
      const wanted = this.#wanted();
      if (wanted === undefined) return;
      const { change, shortage, awaySinceMs } = planCapacity({
        service,
        wanted,
        spotShare: this.#options.spotShare,
        holdWorld: this.#options.record().status === 'TopographyInitialized',
        shortage: this.#shortage,
        awaySinceMs: this.#awaySinceMs,
        nowMs: this.#options.clock.nowMs(),
      });
      this.#shortage = shortage;
      this.#awaySinceMs = awaySinceMs;
      if (change !== undefined) {
        // A change made after the lease would be for the next leader to undo.
        term.assertActing();
        await compute.scale(change);
        log.info({ from: service, to: change }, 'backends are scaled');
      }
      this.#said = undefined;
    } catch (error) {
      if (!term.mayAct) return;
      const reason = messageOf(error);
      if (this.#said !== reason) log.warn({ reason }, 'backends cannot be scaled; trying again');
      this.#said = reason;
    }
  }

  /** How many backends are wanted; undefined if the number should stay as it is for now. */
  #wanted(): number | undefined {
    const { record, backendCount, isReleasing, clock } = this.#options;
    const { status, wantedBackends = backendCount } = record();
    const isStarted = status !== 'NotInitialized';
    if (isStarted || !isReleasing()) {
      this.#releasingSinceMs = undefined;
      return isStarted ? wantedBackends : 0;
    }
    this.#releasingSinceMs ??= clock.nowMs();
    return clock.nowMs() - this.#releasingSinceMs >= RELEASE_PATIENCE_MS ? 0 : undefined;
  }
}
