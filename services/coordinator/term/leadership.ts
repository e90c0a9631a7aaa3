import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { WriteResult } from '../../platform/record/record-store.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { Wakeup } from '../../platform/runtime/wakeup.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { Reservation } from '../../protocol/record/leadership-changes.ts';
import type { CoordinatorContext } from './coordinator-context.ts';
import { LeaderTerm } from './leader-term.ts';
import { type LeaseObservation, observeLeader } from './lease.ts';

export interface LeadershipOptions {
  store: ColonyRecords;
  context: CoordinatorContext;
  clock: Clock;
  log: Log;
  self: { id: string; address: string };
  beatIntervalMs: number;
  leaseMs: number;
  /** How often the record is read between beats, to notice starts claimed elsewhere. */
  recordPollMs: number;
}

/** What a coordinator does while it leads. */
export interface LeaderDuties {
  /** Runs until the term's signal is aborted. */
  run(term: LeaderTerm): Promise<void>;
  /** Called after every look at the record, for others may have updated the context too. */
  recordChanged(): void;
  /** What the next beat reserves and tells; `urgent` brings the beat forward. */
  reservation(): (Reservation & { urgent: boolean }) | undefined;
}

/** The shortest interval between beats that are brought forward or tried again. */
const URGENT_BEAT_MS = 200;

/** Campaigns for the lead, keeps it by beats, and gives it up when a beat is refused or late. */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #wakeup: Wakeup;
  #observation: LeaseObservation | undefined;
  #term: LeaderTerm | undefined;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock);
  }

  /** The present term, while this coordinator leads and may act. */
  get term(): LeaderTerm | undefined {
    return this.#term?.mayAct ? this.#term : undefined;
  }

  /** Looks at the record now instead of at the next poll. */
  nudge(): void {
    this.#wakeup.notify();
  }

  async run(duties: LeaderDuties, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const term = await this.#campaign(signal);
      if (term === undefined) continue;
      this.#term = term;
      const end = () => term.end();
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      const done = duties.run(term);
      await this.#keep(term, duties);
      term.end();
      await done;
      this.#term = undefined;
      signal.removeEventListener('abort', end);
      if (signal.aborted) await this.#resign(term);
      else this.#options.log.warn({ epoch: term.epoch }, 'the lead is lost');
    }
  }

  /** Looks at the record once as a candidate; returns a term if it took the lead. */
  async #campaign(signal: AbortSignal): Promise<LeaderTerm | undefined> {
    const { store, clock, context, self, leaseMs, recordPollMs, log } = this.#options;
    try {
      const sentMs = clock.nowMs();
      const record = await store.read();
      context.initializeWithStoredInfo(record);
      const { observation, mayTakeOver } = observeLeader(
        this.#observation,
        record.leader,
        { sentMs, answeredMs: clock.nowMs() },
        leaseMs,
      );
      this.#observation = observation;
      // A former term of this process is over, and nothing acts under it any more.
      if (mayTakeOver || record.leader?.id === self.id) {
        if (signal.aborted) return undefined;
        const takenMs = clock.nowMs();
        const taken = await store.takeLeadership(record.leader, self);
        context.initializeWithStoredInfo(taken.record);
        if (taken.ok && taken.record.leader !== undefined) {
          const { epoch } = taken.record.leader;
          log.info({ epoch }, 'this coordinator leads');
          return new LeaderTerm({ leaderId: self.id, epoch, clock, leaseMs, sentMs: takenMs });
        }
      }
    } catch (error) {
      log.warn({ err: error }, 'the colony record cannot be read; trying again');
    }
    await this.#wakeup.wait(recordPollMs, signal);
    return undefined;
  }

  /** Beats and polls until the term is over. */
  async #keep(term: LeaderTerm, duties: LeaderDuties): Promise<void> {
    const { clock, beatIntervalMs, recordPollMs } = this.#options;
    const expiry = this.#watchExpiry(term);
    let lastBeatMs = clock.nowMs();
    let failed: boolean = false;
    while (term.mayAct) {
      const sinceBeatMs = clock.nowMs() - lastBeatMs;
      const reservation = duties.reservation();
      const urgent = reservation?.urgent === true && sinceBeatMs >= URGENT_BEAT_MS;
      const due: boolean = urgent || failed || sinceBeatMs >= beatIntervalMs;
      const sentMs = clock.nowMs();
      const outcome: ColonyRecord | undefined = due
        ? await this.#beat(term, sentMs, reservation)
        : await this.#poll(term);
      failed = outcome === undefined;
      if (due && !failed) lastBeatMs = sentMs;
      if (outcome !== undefined) this.#take(outcome, duties);
      const untilBeatMs = lastBeatMs + beatIntervalMs - clock.nowMs();
      const waitMs = failed ? URGENT_BEAT_MS : Math.max(untilBeatMs, 0);
      await this.#wakeup.wait(Math.min(recordPollMs, waitMs), term.signal);
    }
    term.end();
    await expiry;
  }

  /** Lets the next leader take over without waiting for the lease; nothing acts under this term any more. */
  async #resign({ epoch }: LeaderTerm): Promise<void> {
    const { store, self, log } = this.#options;
    try {
      await store.resign({ id: self.id, epoch });
      log.info({ epoch }, 'the lead is resigned');
    } catch (err) {
      log.info({ err }, 'the lead could not be resigned: the next leader waits for a lease');
    }
  }

  /** Ends the term with its lease, even while the store does not answer. */
  async #watchExpiry(term: LeaderTerm): Promise<void> {
    while (!term.signal.aborted) {
      if (!term.mayAct) {
        term.end();
        return;
      }
      await this.#options.clock.sleep(Math.max(1, term.remainingMs), term.signal).catch(() => {});
    }
  }

  #take(record: ColonyRecord, duties: LeaderDuties): void {
    this.#options.context.initializeWithStoredInfo(record);
    duties.recordChanged();
  }

  async #beat(
    term: LeaderTerm,
    sentMs: number,
    reservation: Reservation | undefined,
  ): Promise<ColonyRecord | undefined> {
    const { store, self, log } = this.#options;
    try {
      const result: WriteResult = await store.beat(
        { id: self.id, epoch: term.epoch },
        reservation && {
          generation: reservation.generation,
          horizon: reservation.horizon,
          tick: reservation.tick,
        },
      );
      if (result.ok) term.extend(sentMs);
      else term.end();
      return result.record;
    } catch (error) {
      log.warn({ err: error, remainingMs: term.remainingMs }, 'a beat failed; trying again');
      return undefined;
    }
  }

  async #poll(term: LeaderTerm): Promise<ColonyRecord | undefined> {
    const { store, self, log } = this.#options;
    try {
      const record = await store.read();
      if (record.leader?.id !== self.id || record.leader.epoch !== term.epoch) term.end();
      return record;
    } catch (error) {
      log.warn({ err: error }, 'the colony record cannot be read; trying again');
      return undefined;
    }
  }
}
