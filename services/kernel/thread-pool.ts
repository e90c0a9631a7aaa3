import { Worker } from 'node:worker_threads';
import type { Conditions } from '../world/events/events.ts';
import type { Happening } from '../world/events/timeline.ts';
import { EMPTY_SURVEY, mergeSurveys, type Survey } from '../world/measuring/survey.ts';
import type { WorldSpec } from '../world/spec/spec.ts';
import type { KernelThreadData } from './kernel-thread.ts';
import { writeRules } from './memory-scratch.ts';
import { type Batch, OPERATION, PoolControl } from './pool-control.ts';
import { PoolResults } from './pool-results.ts';
import type { PoolBlock, PoolNews, PoolNote, PoolThreadData } from './pool-thread.ts';
import { SharedNote } from './shared-note.ts';
import type { Measurement, Step, WorkerPool } from './worker-pool.ts';

/** The bundle of kernel.worker.ts; see scripts/build.mjs. */
const BUILT = new URL('./kernel.worker.js', import.meta.url);

/** A thread of a pool could not be started, or was lost: nothing works on its blocks any more. */
export class KernelThreadError extends Error {
  override readonly name = 'KernelThreadError';
}

export interface ThreadPoolOptions {
  readonly spec: WorldSpec;
  /** At least one. */
  readonly blocks: readonly PoolBlock[];
  /** See `PoolPlan`. */
  readonly awaited: number;
  /** One for each thread; at least one. */
  readonly threads: readonly KernelThreadData[];
  readonly signal: AbortSignal;
  /** See `PoolThreadData`. */
  readonly spins: number;
  /** What a thread runs. @default the bundle beside this one */
  readonly workerFile?: URL | string;
}

interface Running {
  readonly tick: number;
  /** Until it is called. */
  onAwaited: (() => void) | undefined;
  /** How many surveys of blocks are still to come, for which the batch is not over. */
  surveysToCome: number;
  /** All else is done. */
  isDone: boolean;
  /** What it threw; reported once the batch has ended. */
  failure?: Error;
  readonly resolve: (isWhole: boolean) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Works in threads that share a kernel's memory, so that the calling thread stays free. A batch wakes
 * the threads, and the last one to finish wakes the caller; between batches they sleep.
 *
 * If not all threads can be started, its batches reject. It must still be closed like any other pool:
 * the threads that did start may already be writing.
 */
export class ThreadPool implements WorkerPool {
  readonly #control: PoolControl;
  readonly #results: PoolResults;
  readonly #note = new SharedNote<PoolNote>();
  readonly #awaited: number;
  readonly #blocks: number;
  readonly #signal: AbortSignal;
  readonly #workers: Worker[] = [];
  #running: Running | undefined;
  /** What has come of the survey under way. */
  #survey: Survey = EMPTY_SURVEY;
  #failure: Error | undefined;
  #isClosed = false;

  constructor(options: ThreadPoolOptions) {
    const { spec, blocks, awaited, threads, signal, spins, workerFile = BUILT } = options;
    this.#control = new PoolControl(blocks.length);
    this.#results = new PoolResults(blocks.length);
    this.#awaited = awaited;
    this.#blocks = blocks.length;
    this.#signal = signal;
    const shared = {
      control: this.#control.buffer,
      results: this.#results.buffer,
      note: this.#note.buffer,
    };
    try {
      for (const [number, thread] of threads.entries()) {
        const workerData: PoolThreadData = { ...shared, thread, blocks, awaited, spec, spins };
        const worker = new Worker(workerFile, { workerData, name: `kernel ${number}`, env: {} });
        this.#listen(worker);
        this.#workers.push(worker);
      }
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : cause;
      this.#fail(`a kernel thread cannot be started: ${why}`, cause);
    }
    signal.addEventListener('abort', () => this.#control.cut(), { once: true });
    if (signal.aborted) this.#control.cut();
  }

  /** How many threads are asleep at the moment. */
  get sleepers(): number {
    return this.#control.sleepers;
  }

  get blocksDone(): number {
    return this.#control.blocksDone;
  }

  writeGenesis(): Promise<boolean> {
    return this.#run({ operations: [OPERATION.writeGenesis], tick: 0 });
  }

  restoreTerrain(conditions: Conditions): Promise<boolean> {
    const { restoreTerrain } = OPERATION;
    return this.#run({ operations: [restoreTerrain], tick: 0 }, () =>
      this.#note.write({ conditions }),
    );
  }

  fillMargins(turn: number): Promise<boolean> {
    return this.#run({ operations: [OPERATION.fillMargin], tick: 0, fillTurn: turn });
  }

  packParcels(turn: number): Promise<boolean> {
    return this.#run({ operations: [OPERATION.pack], tick: 0, packTurn: turn });
  }

  apply(happening: Happening, tick: number): Promise<boolean> {
    return this.#run({ operations: [OPERATION.apply], tick }, () => this.#note.write(happening));
  }

  step({ rules, onAwaited, ...batch }: Step): Promise<boolean> {
    const { fillFromBlocks, step } = OPERATION;
    const isFilling = batch.fillTurn !== undefined;
    const operations = isFilling ? ([fillFromBlocks, step] as const) : ([step] as const);
    const awaited = this.#awaited;
    return this.#run(
      { ...batch, operations, awaited },
      () => writeRules(this.#control.rules, rules),
      awaited > 0 ? onAwaited : undefined,
    );
  }

  async measure(tick: number, withDigest: boolean): Promise<Measurement | undefined> {
    const { measure, digest } = OPERATION;
    const operations = withDigest ? ([measure, digest] as const) : ([measure] as const);
    if (!(await this.#run({ operations, tick }))) return undefined;
    const { statistics, changes } = this.#results;
    return { statistics, changes, ...(withDigest && { digest: this.#results.digest }) };
  }

  async survey(tick: number): Promise<Survey | undefined> {
    this.#survey = EMPTY_SURVEY;
    const isWhole = await this.#run({ operations: [OPERATION.survey], tick });
    return isWhole ? this.#survey : undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#control.end();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.#settle();
  }

  #listen(worker: Worker): void {
    worker.on('message', (news: PoolNews) => {
      if (news === 'done') this.#done();
      else if ('survey' in news) this.#takeSurvey(news.survey);
      else if (news.awaitedOf === this.#running?.tick && !this.#signal.aborted) {
        this.#tellAwaited(this.#running);
      }
    });
    worker.on('error', (cause) => this.#fail(`a kernel thread failed: ${cause.message}`, cause));
    worker.on('exit', (code) => this.#fail(`a kernel thread ended, with code ${code}`));
  }

  /** @param write leaves data for the threads; called only while none of them can be reading. */
  #run(batch: Batch, write?: () => void, onAwaited?: () => void): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#running !== undefined) throw new Error('a batch of work is still under way');
      if (this.#isClosed || this.#signal.aborted) return resolve(false);
      write?.();
      const surveysToCome = batch.operations[0] === OPERATION.survey ? this.#blocks : 0;
      const { tick } = batch;
      this.#running = { tick, resolve, reject, onAwaited, surveysToCome, isDone: false };
      this.#control.open(batch);
    });
  }

  /** The threads are done; what they told may still be on its way, unless they were cut short. */
  #done(): void {
    const running = this.#running;
    if (running !== undefined && running.surveysToCome > 0 && !this.#signal.aborted) {
      running.isDone = true;
    } else {
      this.#settle();
    }
  }

  #takeSurvey(survey: Survey): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#survey = mergeSurveys(this.#survey, survey);
    running.surveysToCome--;
    if (running.surveysToCome === 0 && running.isDone) this.#settle();
  }

  #settle(): void {
    const running = this.#running;
    this.#running = undefined;
    const isWhole = !this.#signal.aborted && !this.#isClosed;
    if (running === undefined) return;
    if (isWhole) this.#tellAwaited(running);
    const { failure } = running;
    this.#failure ??= failure;
    if (failure === undefined) running.resolve(isWhole);
    else running.reject(failure);
  }

  #tellAwaited(running: Running): void {
    const { onAwaited } = running;
    running.onAwaited = undefined;
    try {
      onAwaited?.();
    } catch (error) {
      running.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  /** A lost thread leaves its block half done, so the others end too. */
  #fail(message: string, cause?: unknown): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    this.#failure = new KernelThreadError(message, { cause });
    this.#control.end();
    this.#running?.reject(this.#failure);
    this.#running = undefined;
  }
}
