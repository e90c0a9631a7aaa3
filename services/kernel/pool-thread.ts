import type { BlockExtent } from '../world/cells/cell-block.ts';
import { applyEvent } from '../world/events/apply-event.ts';
import type { Conditions, WorldEvent } from '../world/events/events.ts';
import { restoreTerrain } from '../world/events/restore-terrain.ts';
import { writeGenesis } from '../world/genesis/genesis.ts';
import { takeChanges } from '../world/measuring/changes.ts';
import { type Survey, surveyOf } from '../world/measuring/survey.ts';
import type { WorldSpec } from '../world/spec/spec.ts';
import { type JobList, KernelThread, type KernelThreadData } from './kernel-thread.ts';
import { viewMemoryBlock } from './memory-block.ts';
import { OPERATION, type Operation, PoolControl } from './pool-control.ts';
import { PoolResults } from './pool-results.ts';
import { SharedNote } from './shared-note.ts';

/** A block of a pool: its address, and what exchanges copy to it and from it. */
export interface PoolBlock {
  readonly address: number;
  readonly extent: BlockExtent;
  readonly turns: readonly BlockTurn[];
}

/** What a pool leaves for its threads: an event to apply, or the conditions that made a terrain. */
export interface PoolNote {
  readonly event?: WorldEvent;
  readonly conditions: Conditions;
}

/** What one exchange copies into the margin of a block, and out of it for others. */
export interface BlockTurn {
  readonly fillsFromBlocks: JobList;
  readonly fillsFromParcels: JobList;
  readonly packs: JobList;
}

/** What a thread of a pool is started with: plain data. */
export interface PoolThreadData {
  readonly thread: KernelThreadData;
  readonly control: SharedArrayBuffer;
  readonly results: SharedArrayBuffer;
  readonly blocks: readonly PoolBlock[];
  readonly spec: WorldSpec;
  /** Where the pool leaves its notes. */
  readonly note: SharedArrayBuffer;
  /** How many of the blocks, from the first on, are border blocks. */
  readonly awaited: number;
  /** How often to check whether the other threads are done before it sleeps. */
  readonly spins: number;
}

/**
 * What threads tell their pool: that a batch is over, or, with the tick of a step, that the border
 * blocks are packed, or the survey of a block. The first may overtake the others, which come from other
 * threads. Where all blocks are border blocks the second is left out: a message costs as much as many cells.
 */
export type PoolNews = 'done' | { readonly awaitedOf: number } | { readonly survey: Survey };

/** One thread of a pool: works on block after block until the pool ends. */
export class PoolThread {
  readonly #control: PoolControl;
  readonly #results: PoolResults;
  readonly #thread: KernelThread;
  readonly #memory: WebAssembly.Memory;
  readonly #blocks: readonly PoolBlock[];
  readonly #spec: WorldSpec;
  readonly #note: SharedNote<PoolNote>;
  readonly #awaited: number;
  readonly #spins: number;

  constructor(data: PoolThreadData) {
    const { thread, control, results, blocks, spec, note, awaited, spins } = data;
    this.#control = new PoolControl(blocks.length, control);
    this.#results = new PoolResults(blocks.length, results);
    this.#thread = new KernelThread(thread);
    this.#memory = thread.memory;
    this.#blocks = blocks;
    this.#spec = spec;
    this.#note = new SharedNote(note);
    this.#awaited = awaited;
    this.#spins = spins;
  }

  /**
   * Works until the pool ends, and sleeps while there is nothing to do.
   *
   * @param tell called by the thread that finished the last piece of what it tells.
   */
  work(tell: (what: PoolNews) => void): void {
    const control = this.#control;
    for (;;) {
      const { opened } = control;
      const index = control.take();
      if (index >= 0) {
        if (!control.isCut) {
          if (control.operation === OPERATION.survey) tell({ survey: this.#survey(index) });
          else this.#apply(control.operation, index);
          if (this.#isAwaited(index) && control.isLastAwaited()) tell({ awaitedOf: control.tick });
        }
        if (control.giveBack()) tell('done');
      } else {
        if (control.hasEnded) return;
        control.awaitOpening(opened, this.#spins);
      }
    }
  }

  /** Whether others wait for this block, and not just for the whole batch. */
  #isAwaited(index: number): boolean {
    const awaited = this.#awaited;
    if (index >= awaited || awaited === this.#blocks.length) return false;
    return this.#control.operation === OPERATION.step && this.#control.packTurn >= 0;
  }

  #survey(index: number): Survey {
    const { address, extent } = this.#blocks[index] as PoolBlock;
    return surveyOf(viewMemoryBlock(this.#memory.buffer, address, extent), this.#control.tick);
  }

  #apply(operation: Operation, index: number): void {
    const thread = this.#thread;
    const { address, extent, turns } = this.#blocks[index] as PoolBlock;
    const { tick, ticks, rules } = this.#control;
    const filling = turns[this.#control.fillTurn];
    const packing = turns[this.#control.packTurn];
    const view = () => viewMemoryBlock(this.#memory.buffer, address, extent);
    if (operation === OPERATION.writeGenesis) {
      writeGenesis(view(), this.#spec);
    } else if (operation === OPERATION.apply) {
      const { event, conditions } = this.#note.read();
      if (event) applyEvent(view(), event, conditions, this.#spec.seed, tick);
    } else if (operation === OPERATION.restoreTerrain) {
      restoreTerrain(view(), this.#spec.seed, this.#note.read().conditions);
    } else if (operation === OPERATION.fillMargin) {
      if (filling) thread.copy(filling.fillsFromBlocks);
      if (filling) thread.copy(filling.fillsFromParcels);
    } else if (operation === OPERATION.fillFromBlocks) {
      if (filling) thread.copy(filling.fillsFromBlocks);
    } else if (operation === OPERATION.step) {
      thread.setRules(rules);
      thread.tickOn(address, this.#spec.seed, tick, ticks, {
        ...(filling && { fills: filling.fillsFromParcels }),
        ...(packing && { packs: packing.packs }),
      });
    } else if (operation === OPERATION.pack) {
      if (packing) thread.copy(packing.packs);
    } else if (operation === OPERATION.measure) {
      const cells = extent.width * extent.height;
      this.#results.setStatistics(index, thread.statistics(address, cells, tick));
      this.#results.setChanges(index, takeChanges(view()));
    } else {
      this.#results.setDigest(index, thread.digest(address));
    }
  }
}
