import { RULE_COUNT } from './memory-layout.ts';

/** What the threads of a pool can do to a block, each a phase of a batch; 0 is none. */
export const OPERATION = {
  layGenesis: 1,
  /** From blocks and from parcels. */
  fillMargin: 2,
  /** In a step: from parcels they are filled along with it. */
  fillFromBlocks: 8,
  step: 3,
  measure: 4,
  digest: 5,
  apply: 6,
  pack: 7,
} as const;
export type Operation = (typeof OPERATION)[keyof typeof OPERATION];

/*
 * The words of a control block, 32 bits each. What all threads write stands in cache lines of its
 * own, apart from what they only look at while they spin.
 *
 *    0 OPENED     raised with each phase: what threads sleep on
 *    1 LIMIT      the ticket behind the last one of the open phase
 *    2 OPERATION  of the open phase         3 NEXT  of the one after it, or 0
 *    4 IS_CUT     tickets are only torn any more      5 HAS_ENDED  threads return
 *    6 TICK       of the batch              7 TICKS, of a step: how many
 *    8 … RULES    of the batch
 *   24 FILLS     the turn by which margins are filled, from 1 on, or 0
 *   25 PACKS     the turn whose parcels are packed, likewise
 *   32 TICKET     the next ticket to be taken
 *   64 DONE       how many tickets are done
 *   96 SLEEPERS   threads that sleep
 *   97 AWAITED    how many blocks that others wait for have not done the step
 */
const OPENED = 0;
const LIMIT = 1;
const OPERATION_WORD = 2;
const NEXT = 3;
const IS_CUT = 4;
const HAS_ENDED = 5;
const TICK = 6;
const TICKS = 7;
const RULES = 8;
const FILLS = 24;
const PACKS = 25;
const TICKET = 32;
const DONE = 64;
const SLEEPERS = 96;
const AWAITED = 97;
const CONTROL_BYTES = 512;

const NO_TURN = -1;

export interface Batch {
  readonly operations: readonly [Operation, Operation?];
  readonly tick: number;
  /** Of a step: how many ticks. @default 1 */
  readonly ticks?: number;
  /** The turn by which margins are filled. @default none */
  readonly fillTurn?: number;
  /** The turn whose parcels are packed. @default none */
  readonly packTurn?: number;
  /** How many blocks, from the first on, others wait for to have done the step. @default 0 */
  readonly awaited?: number;
}

/**
 * Shares the work of batches among threads. A batch has one or two phases, each an operation on
 * every block; the second one begins when the first is done.
 *
 * A ticket stands for one block in one phase. Tickets are numbered on and on over all phases, and
 * taken by compare-and-swap. So a thread that was held up anywhere, even for whole batches, can never
 * take a wrong one: as long as a ticket of a phase is not done, the phase is the open one. Nobody
 * waits for threads that have nothing to do: a phase is over when its tickets are done.
 */
export class PoolControl {
  readonly buffer: SharedArrayBuffer;
  /** As `writeRules` writes them; to be changed between batches. */
  readonly rules: Uint32Array;
  readonly #words: Int32Array;
  readonly #blocks: number;

  /** @param blocks how many there are; at least one. */
  constructor(blocks: number, buffer = new SharedArrayBuffer(CONTROL_BYTES)) {
    this.buffer = buffer;
    this.#blocks = blocks;
    this.#words = new Int32Array(buffer);
    this.rules = new Uint32Array(buffer, RULES * Uint32Array.BYTES_PER_ELEMENT, RULE_COUNT);
  }

  /** Lets the threads begin with a batch; the one before it must be over. */
  open({ operations: [first, second], tick, ticks = 1, awaited = 0, ...turns }: Batch): void {
    this.#words[TICK] = tick;
    this.#words[TICKS] = ticks;
    this.#words[FILLS] = (turns.fillTurn ?? NO_TURN) + 1;
    this.#words[PACKS] = (turns.packTurn ?? NO_TURN) + 1;
    this.#words[AWAITED] = awaited;
    this.#openPhase(first, second ?? 0);
  }

  /** From now on nothing is done any more: phases are over as soon as threads have seen them. */
  cut(): void {
    Atomics.store(this.#words, IS_CUT, 1);
  }

  /** Has all threads return. */
  end(): void {
    this.cut();
    Atomics.store(this.#words, HAS_ENDED, 1);
    this.#wake();
  }

  get isCut(): boolean {
    return Atomics.load(this.#words, IS_CUT) !== 0;
  }

  get hasEnded(): boolean {
    return Atomics.load(this.#words, HAS_ENDED) !== 0;
  }

  /** How many phases were ever opened. */
  get opened(): number {
    return Atomics.load(this.#words, OPENED);
  }

  /** How many blocks are done in the open phase, or were in the last one. */
  get blocksDone(): number {
    const left = (Atomics.load(this.#words, LIMIT) - Atomics.load(this.#words, DONE)) | 0;
    return this.#blocks - left;
  }

  /** How many threads sleep. */
  get sleepers(): number {
    return Atomics.load(this.#words, SLEEPERS);
  }

  /** Of the open phase; only valid while one holds a ticket of it. */
  get operation(): Operation {
    return this.#words[OPERATION_WORD] as Operation;
  }

  /** Of the batch; only valid while one holds a ticket of it. */
  get tick(): number {
    return (this.#words[TICK] as number) >>> 0;
  }

  /** Of the batch; only valid while one holds a ticket of it. */
  get ticks(): number {
    return this.#words[TICKS] as number;
  }

  /** The turn, or −1 for none; only valid while one holds a ticket of the batch. */
  get fillTurn(): number {
    return (this.#words[FILLS] as number) - 1;
  }

  /** The turn, or −1 for none; only valid while one holds a ticket of the batch. */
  get packTurn(): number {
    return (this.#words[PACKS] as number) - 1;
  }

  /** Takes a ticket of the open phase: the index of a block, or −1 if there is none left. */
  take(): number {
    for (;;) {
      const ticket = Atomics.load(this.#words, TICKET);
      const left = (Atomics.load(this.#words, LIMIT) - ticket) | 0;
      if (left <= 0) return -1;
      const next = (ticket + 1) | 0;
      if (Atomics.compareExchange(this.#words, TICKET, ticket, next) === ticket) {
        return this.#blocks - left;
      }
    }
  }

  /**
   * To be told when a block that others wait for has done the step.
   *
   * @returns whether it was the last of them.
   */
  isLastAwaited(): boolean {
    return Atomics.sub(this.#words, AWAITED, 1) === 1;
  }

  /**
   * Gives back a ticket that is done. The thread that gives back the last one of a phase opens the next.
   *
   * @returns whether that was the last one of the batch.
   */
  giveBack(): boolean {
    const limit = Atomics.load(this.#words, LIMIT);
    const next = this.#words[NEXT] as Operation | 0;
    const done = (Atomics.add(this.#words, DONE, 1) + 1) | 0;
    if (done !== limit) return false;
    if (next === 0 || this.isCut) return true;
    this.#openPhase(next, 0);
    return false;
  }

  /**
   * Returns when more phases have been opened than that, or the end has come.
   *
   * @param spins how often to look before the thread sleeps; only within a batch.
   */
  awaitOpening(opened: number, spins: number): void {
    const words = this.#words;
    if (words[NEXT] !== 0) {
      for (let i = 0; i < spins; i++) if (Atomics.load(words, OPENED) !== opened) return;
    }
    if (Atomics.load(words, OPENED) !== opened) return;
    Atomics.add(words, SLEEPERS, 1);
    Atomics.wait(words, OPENED, opened);
    Atomics.sub(words, SLEEPERS, 1);
  }

  #openPhase(operation: Operation, next: Operation | 0): void {
    const words = this.#words;
    words[OPERATION_WORD] = operation;
    words[NEXT] = next;
    Atomics.add(words, LIMIT, this.#blocks);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#words, OPENED, 1);
    Atomics.notify(this.#words, OPENED);
  }
}
