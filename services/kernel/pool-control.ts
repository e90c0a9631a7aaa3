import { RULE_COUNT } from './memory-layout.ts';

/** The operations that a phase of a batch applies to every block; 0 is none. */
export const OPERATION = {
  writeGenesis: 1,
  /** From blocks and from parcels. */
  fillMargin: 2,
  /** Part of a step: margins that come from parcels are filled during the sweep. */
  fillFromBlocks: 8,
  step: 3,
  measure: 4,
  digest: 5,
  apply: 6,
  pack: 7,
  /** extraFood alone, margins included. */
  restoreTerrain: 9,
  survey: 10,
} as const;
export type Operation = (typeof OPERATION)[keyof typeof OPERATION];

/*
 * The words of a control block, 32 bits each. Words that all threads write have cache lines of their
 * own, apart from those that threads only read while they spin.
 *
 *    0 OPENED     + 1 with each phase; threads sleep on it
 *    1 LIMIT      one more than the last ticket of the open phase
 *    2 OPERATION  of the open phase         3 NEXT  of the one after it, or 0
 *    4 IS_CUT     tickets are taken and not worked on   5 HAS_ENDED  threads return
 *    6 TICK       of the batch              7 TICKS, of a step: how many
 *    8 … RULES    of the batch
 *   24 FILLS     the exchange that fills margins, from 1 on, or 0 for none
 *   25 PACKS     the exchange whose parcels are packed, likewise
 *   32 TICKET     the next ticket to be taken
 *   64 DONE       how many tickets are done
 *   96 SLEEPERS   threads that sleep
 *   97 AWAITED    border blocks that have not done the step yet
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
  /** The exchange that fills margins. @default none */
  readonly fillTurn?: number;
  /** The exchange whose parcels are packed. @default none */
  readonly packTurn?: number;
  /** How many of the blocks, from the first on, are border blocks: others wait for them. @default 0 */
  readonly awaited?: number;
}

/**
 * Divides the work of batches among threads. A batch has one or two phases, each an operation on
 * every block; the second begins when the first is done.
 *
 * A ticket stands for one block in one phase. Ticket numbers never start over, and a thread takes one
 * by compare-and-swap. So a thread that was delayed anywhere, even for whole batches, can never take
 * a wrong one: while a ticket of a phase is not done, that phase is the open one. A phase is over when
 * its tickets are done, so it never waits for threads without work.
 */
export class PoolControl {
  readonly buffer: SharedArrayBuffer;
  /** The rules as `writeRules` writes them; changed only between batches. */
  readonly rules: Uint32Array;
  readonly #words: Int32Array;
  readonly #blocks: number;

  /** @param blocks how many blocks there are, at least one. */
  constructor(blocks: number, buffer = new SharedArrayBuffer(CONTROL_BYTES)) {
    this.buffer = buffer;
    this.#blocks = blocks;
    this.#words = new Int32Array(buffer);
    this.rules = new Uint32Array(buffer, RULES * Uint32Array.BYTES_PER_ELEMENT, RULE_COUNT);
  }

  /** Opens a batch for the threads; the one before must be over. */
  open({ operations: [first, second], tick, ticks = 1, awaited = 0, ...turns }: Batch): void {
    this.#words[TICK] = tick;
    this.#words[TICKS] = ticks;
    this.#words[FILLS] = (turns.fillTurn ?? NO_TURN) + 1;
    this.#words[PACKS] = (turns.packTurn ?? NO_TURN) + 1;
    this.#words[AWAITED] = awaited;
    this.#openPhase(first, second ?? 0);
  }

  /** Cuts the batch short: from now on tickets are taken without working on their blocks. */
  cut(): void {
    Atomics.store(this.#words, IS_CUT, 1);
  }

  /** Makes all threads return. */
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

  /** How many phases have been opened since the beginning. */
  get opened(): number {
    return Atomics.load(this.#words, OPENED);
  }

  /** How many blocks are done in the open phase, or were in the last one; 0 before the first. */
  get blocksDone(): number {
    if (this.opened === 0) return 0;
    const left = (Atomics.load(this.#words, LIMIT) - Atomics.load(this.#words, DONE)) | 0;
    return this.#blocks - left;
  }

  /** How many threads are asleep. */
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
   * Counts a border block that has done the step.
   *
   * @returns whether it was the last of them.
   */
  isLastAwaited(): boolean {
    return Atomics.sub(this.#words, AWAITED, 1) === 1;
  }

  /**
   * Marks a ticket as done. The thread that marks the last one of a phase opens the next phase.
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
   * Returns once more than `opened` phases have been opened, or the pool has ended.
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
