import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { Term } from '../../protocol/record/record-change.ts';
import type { Fence } from '../../protocol/wire/fence.ts';
import type { LeaderTerm } from './leader-term.ts';

/** Thrown where work goes on that the record no longer asks for. */
export class ScopeEnded extends Error {
  override readonly name = 'WorkEnded';
}

/**
 * A piece of a leader's work on one colony in one status. Ends with the term, or when the record
 * shows another generation or status: a stop, or somebody else's completion.
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
    this.signal = AbortSignal.any([term.signal, this.#ended.signal]);
  }

  /** The newest version of the record, which still asks for this work. */
  get record(): ColonyRecord {
    this.check();
    return this.#record();
  }

  /** What every write of it needs to be still true. */
  get storeTerm(): Term {
    return {
      leaderId: this.term.leaderId,
      epoch: this.term.epoch,
      generation: this.generation,
    };
  }

  /** What its calls carry. */
  fence(topologyVersion: number): Fence {
    return { generation: this.generation, epoch: this.term.epoch, topologyVersion };
  }

  /** Ends it if the record no longer asks for it. */
  recordChanged(): void {
    const { generation, status } = this.#record();
    if (generation !== this.generation || status !== this.#status) {
      this.#ended.abort(new ScopeEnded(`the record is at ${status}, generation ${generation}`));
    }
  }

  /** Asked before every effect; throws WorkEnded or TermEnded. */
  check(): void {
    this.term.assertActing();
    this.recordChanged();
    if (this.signal.aborted) throw this.signal.reason;
  }

  /** Whether what failed just now failed for another reason than that it is over. */
  get isActive(): boolean {
    return this.term.mayAct && !this.signal.aborted;
  }

  /** Rejects with the reason when the work ends. */
  untilEnded(): Promise<never> {
    return new Promise((_resolve, reject) => {
      const end = () => reject(this.signal.reason);
      if (this.signal.aborted) end();
      else this.signal.addEventListener('abort', end, { once: true });
    });
  }
}
