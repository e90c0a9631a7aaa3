import { fanOutSignal } from '../../platform/runtime/fan-out-signal.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { Term } from '../../protocol/record/record-change.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import type { LeaderTerm } from './leader-term.ts';

/** Thrown to end work that the record no longer asks for. */
export class ScopeEnded extends Error {
  override readonly name = 'ScopeEnded';
}

/**
 * The scope of a leader's work on one colony in one status. It ends with the term, or when the record
 * shows another generation or status: after a stop, or when another process completed the start.
 */
export class ColonyScope {
  readonly term: LeaderTerm;
  readonly generation: number;
  readonly #status: ColonyRecord['status'];
  readonly #record: () => ColonyRecord;
  readonly #ended = new AbortController();
  readonly signal: AbortSignal;

  constructor(term: LeaderTerm, record: () => ColonyRecord) {
    this.term = term;
    this.#record = record;
    this.generation = record().generation;
    this.#status = record().status;
    this.signal = fanOutSignal([term.signal, this.#ended.signal]);
  }

  /** The newest known record; throws unless it still asks for this work. */
  get record(): ColonyRecord {
    this.check();
    return this.#record();
  }

  /** The condition of every write within the scope. */
  get storeTerm(): Term {
    return {
      leaderId: this.term.leaderId,
      epoch: this.term.epoch,
      generation: this.generation,
    };
  }

  /** The fence of calls within the scope. */
  fence(topologyVersion: number): Fence {
    return { generation: this.generation, epoch: this.term.epoch, topologyVersion };
  }

  /** Ends the scope if the record no longer asks for it. */
  recordChanged(): void {
    const { generation, status } = this.#record();
    if (generation !== this.generation || status !== this.#status) {
      this.#ended.abort(new ScopeEnded(`the record is at ${status}, generation ${generation}`));
    }
  }

  /** To be called before every effect; throws ScopeEnded or TermEnded. */
  check(): void {
    this.term.assertActing();
    this.recordChanged();
    if (this.signal.aborted) throw this.signal.reason;
  }

  /** Whether the scope goes on, so that a failure just now had another reason. */
  get isActive(): boolean {
    return this.term.mayAct && !this.signal.aborted;
  }

  /** Rejects with the reason when the scope ends. */
  untilEnded(): Promise<never> {
    return new Promise((_resolve, reject) => {
      const end = () => reject(this.signal.reason);
      if (this.signal.aborted) end();
      else this.signal.addEventListener('abort', end, { once: true });
    });
  }
}
