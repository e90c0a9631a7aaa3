import type { Clock } from '../../platform/runtime/clock.ts';
import { fanOutSignal } from '../../platform/runtime/fan-out-signal.ts';

/** Thrown to keep a former leader from acting. */
export class TermEnded extends Error {
  override readonly name = 'TermEnded';
}

/**
 * One coordinator's time as leader, under one epoch. It may act until one lease after it *sent*
 * its last successful beat, on its own monotonic clock.
 */
export class LeaderTerm {
  readonly leaderId: string;
  readonly epoch: number;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #ended = new AbortController();
  /** Aborted when the term is over. All that a leader does beside each other listens. */
  readonly signal = fanOutSignal([this.#ended.signal]);
  #actingUntilMs: number;
  #grants = 0;

  constructor(o: {
    leaderId: string;
    epoch: number;
    clock: Clock;
    leaseMs: number;
    sentMs: number;
  }) {
    this.leaderId = o.leaderId;
    this.epoch = o.epoch;
    this.#clock = o.clock;
    this.#leaseMs = o.leaseMs;
    this.#actingUntilMs = o.sentMs + o.leaseMs;
  }

  /**
   * The first check after the lease ends the term for good. A late answer to a beat must not revive it:
   * the work of the term has stopped by then, and this coordinator would beat without leading.
   */
  get mayAct(): boolean {
    if (this.#clock.nowMs() >= this.#actingUntilMs) this.end();
    return !this.#ended.signal.aborted;
  }

  /** Numbers grants in the order in which they are made under this epoch. */
  nextGrantNumber(): number {
    return ++this.#grants;
  }

  /** How long it may still act without another beat. */
  get remainingMs(): number {
    return this.#actingUntilMs - this.#clock.nowMs();
  }

  /** To be called before every effect; throws TermEnded. */
  assertActing(): void {
    if (!this.mayAct) throw new TermEnded(`the term with epoch ${this.epoch} is over`);
  }

  /** Renews the lease after a beat that was sent at this time; does nothing once the term is over. */
  extend(sentMs: number): void {
    if (!this.mayAct) return;
    this.#actingUntilMs = Math.max(this.#actingUntilMs, sentMs + this.#leaseMs);
  }

  end(): void {
    this.#ended.abort(new TermEnded(`the term with epoch ${this.epoch} is over`));
  }
}
