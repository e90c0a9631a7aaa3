import type { BlockExtent } from '../world/cell-block.ts';
import { layGenesis } from '../world/genesis.ts';
import type { WorldSpec } from '../world/spec.ts';
import { CrewControl, OPERATION, type Operation } from './crew-control.ts';
import { CrewResults } from './crew-results.ts';
import { type JobList, KernelThread, type KernelThreadData } from './kernel-thread.ts';
import { viewMemoryBlock } from './memory-block.ts';

/** A block of a crew: where it is, and what fills its margin. */
export interface CrewBlock {
  readonly address: number;
  readonly extent: BlockExtent;
  readonly fill: JobList;
}

/** What a thread of a crew gets when it is started; plain data. */
export interface CrewMemberData {
  readonly thread: KernelThreadData;
  readonly control: SharedArrayBuffer;
  readonly results: SharedArrayBuffer;
  readonly blocks: readonly CrewBlock[];
  readonly spec: WorldSpec;
  /** How often to look whether the other threads are done, before it sleeps. */
  readonly spins: number;
}

/** One thread of a crew: takes block after block until the crew ends. */
export class CrewMember {
  readonly #control: CrewControl;
  readonly #results: CrewResults;
  readonly #thread: KernelThread;
  readonly #memory: WebAssembly.Memory;
  readonly #blocks: readonly CrewBlock[];
  readonly #spec: WorldSpec;
  readonly #spins: number;

  constructor({ thread, control, results, blocks, spec, spins }: CrewMemberData) {
    this.#control = new CrewControl(blocks.length, control);
    this.#results = new CrewResults(blocks.length, results);
    this.#thread = new KernelThread(thread);
    this.#memory = thread.memory;
    this.#blocks = blocks;
    this.#spec = spec;
    this.#spins = spins;
  }

  /**
   * Works until the crew ends, and sleeps while there is nothing to do.
   *
   * @param onDone is called when a batch is over, in the thread that did the last of it.
   */
  work(onDone: () => void): void {
    const control = this.#control;
    for (;;) {
      const { opened } = control;
      const index = control.take();
      if (index >= 0) {
        if (!control.isCut) this.#do(control.operation, index);
        if (control.giveBack()) onDone();
      } else {
        if (control.hasEnded) return;
        control.awaitOpening(opened, this.#spins);
      }
    }
  }

  #do(operation: Operation, index: number): void {
    const thread = this.#thread;
    const { address, extent, fill } = this.#blocks[index] as CrewBlock;
    const { tick, rules } = this.#control;
    if (operation === OPERATION.layGenesis) {
      layGenesis(viewMemoryBlock(this.#memory.buffer, address, extent), this.#spec);
    } else if (operation === OPERATION.fillMargin) {
      thread.copy(fill);
    } else if (operation === OPERATION.step) {
      thread.setRules(rules);
      thread.tickOn(address, this.#spec.seed, tick);
    } else if (operation === OPERATION.measure) {
      const cells = extent.width * extent.height;
      this.#results.setStatistics(index, thread.statistics(address, cells, tick));
    } else {
      this.#results.setDigest(index, thread.digest(address));
    }
  }
}
