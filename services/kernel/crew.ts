import { Worker } from 'node:worker_threads';
import type { WorldSpec } from '../world/spec.ts';
import { type Batch, CrewControl, OPERATION } from './crew-control.ts';
import type { CrewBlock, CrewMemberData } from './crew-member.ts';
import { CrewResults } from './crew-results.ts';
import type { KernelThreadData } from './kernel-thread.ts';
import { writeRules } from './memory-scratch.ts';
import type { Measurement, Step, Workforce } from './workforce.ts';

/** The bundle of kernel.worker.ts; see scripts/build.mjs. */
const BUILT = new URL('./kernel.worker.js', import.meta.url);

export interface CrewOptions {
  readonly spec: WorldSpec;
  /** At least one. */
  readonly blocks: readonly CrewBlock[];
  /** One for each thread; at least one. */
  readonly threads: readonly KernelThreadData[];
  readonly signal: AbortSignal;
  /** See `CrewMemberData`. */
  readonly spins: number;
  /** What a thread runs. @default the bundle beside this one */
  readonly workerFile?: URL | string;
}

interface Running {
  readonly resolve: (isWhole: boolean) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Works in threads that share the memory of a kernel, so that the calling thread is free meanwhile.
 * Each batch wakes them, and the last of them to be done wakes the caller; without one they sleep.
 */
export class Crew implements Workforce {
  readonly #control: CrewControl;
  readonly #results: CrewResults;
  readonly #signal: AbortSignal;
  readonly #workers: readonly Worker[];
  #running: Running | undefined;
  #failure: Error | undefined;
  #isClosed = false;

  constructor({ spec, blocks, threads, signal, spins, workerFile = BUILT }: CrewOptions) {
    this.#control = new CrewControl(blocks.length);
    this.#results = new CrewResults(blocks.length);
    this.#signal = signal;
    const control = this.#control.buffer;
    const results = this.#results.buffer;
    this.#workers = threads.map((thread, number) => {
      const workerData: CrewMemberData = { thread, control, results, blocks, spec, spins };
      const worker = new Worker(workerFile, { workerData, name: `kernel ${number}`, env: {} });
      worker.on('message', () => this.#settle());
      worker.on('error', (cause) => this.#fail(`a kernel thread failed: ${cause.message}`, cause));
      worker.on('exit', (code) => this.#fail(`a kernel thread ended, with code ${code}`));
      return worker;
    });
    signal.addEventListener('abort', () => this.#control.cut(), { once: true });
    if (signal.aborted) this.#control.cut();
  }

  /** How many threads sleep at the moment. */
  get sleepers(): number {
    return this.#control.sleepers;
  }

  get blocksDone(): number {
    return this.#control.blocksDone;
  }

  layGenesis(): Promise<boolean> {
    return this.#run({ operations: [OPERATION.layGenesis], tick: 0 });
  }

  fillMargins(): Promise<boolean> {
    return this.#run({ operations: [OPERATION.fillMargin], tick: 0 });
  }

  step({ tick, rules, fillsMargins }: Step): Promise<boolean> {
    writeRules(this.#control.rules, rules);
    const { fillMargin, step } = OPERATION;
    return this.#run({ operations: fillsMargins ? [fillMargin, step] : [step], tick });
  }

  async measure(tick: number, withDigest: boolean): Promise<Measurement | undefined> {
    const { measure, digest } = OPERATION;
    const operations = withDigest ? ([measure, digest] as const) : ([measure] as const);
    if (!(await this.#run({ operations, tick }))) return undefined;
    const { statistics } = this.#results;
    return { statistics, ...(withDigest && { digest: this.#results.digest }) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#control.end();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#settle();
  }

  #run(batch: Batch): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#running !== undefined) throw new Error('a batch of work is still under way');
      if (this.#isClosed || this.#signal.aborted) return resolve(false);
      this.#running = { resolve, reject };
      this.#control.open(batch);
    });
  }

  #settle(): void {
    this.#running?.resolve(!this.#signal.aborted && !this.#isClosed);
    this.#running = undefined;
  }

  /** One thread less would leave its block half done: the others end too. */
  #fail(message: string, cause?: Error): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    this.#failure = new Error(message, { cause });
    this.#control.end();
    this.#running?.reject(this.#failure);
    this.#running = undefined;
  }
}
