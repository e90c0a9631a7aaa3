import { Worker } from 'node:worker_threads';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { CheckpointWriter, PartPlan, PartWriting } from './checkpoint-writer.ts';
import type { Staging } from './staging.ts';
import { ThreadWriting } from './thread-writing.ts';
import type { FromThread, ToThread, WriterThreadData } from './writer-thread.ts';

/** The bundle of checkpoint.worker.ts; see scripts/build.mjs. */
const BUILT = new URL('./checkpoint.worker.js', import.meta.url);
/** A thread that has not let go of a part that is given up after so long is ended. */
const LETTING_GO_MS = 1_000;

export interface ThreadWriterOptions {
  readonly data: WriterThreadData;
  readonly clock: Clock;
  /** What the thread runs. @default the bundle beside this one */
  readonly workerFile?: URL | string;
}

/**
 * Writes in a thread of its own, at low priority, so that nothing of it is in the way of ticking. The
 * thread is started with the first part and kept; one that is lost takes its parts with it, and the next part
 * starts another.
 */
export class ThreadWriter implements CheckpointWriter {
  readonly #options: ThreadWriterOptions;
  #thread: Worker | undefined;
  readonly #writings = new Map<number, { thread: Worker; writing: ThreadWriting }>();
  #parts = 0;

  constructor(options: ThreadWriterOptions) {
    this.#options = options;
  }

  begin(plan: PartPlan, staging: Staging, signal: AbortSignal): PartWriting {
    this.#thread ??= this.#start();
    const thread = this.#thread;
    const part = this.#parts++;
    const tell = (message: ToThread) => thread.postMessage(message);
    const writing = new ThreadWriting(part, staging, tell);
    this.#writings.set(part, { thread, writing });
    void writing.released.then(() => this.#writings.delete(part));
    tell({ kind: 'begin', part, plan });
    const giveUp = () => {
      writing.giveUp(signal.reason);
      void this.#letGo(thread, writing);
    };
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    return writing;
  }

  async close(): Promise<void> {
    const threads = new Set([...this.#writings.values()].map(({ thread }) => thread));
    if (this.#thread !== undefined) threads.add(this.#thread);
    const ended = Promise.all([...threads].map((thread) => thread.terminate()));
    // A disk that does not answer keeps a thread from ending.
    await this.#isWithin(LETTING_GO_MS, ended);
  }

  #start(): Worker {
    const { data: workerData, workerFile = BUILT } = this.#options;
    const thread = new Worker(workerFile, { workerData, name: 'checkpoints' });
    thread.on('message', (news: FromThread) => this.#writings.get(news.part)?.writing.hear(news));
    thread.on('error', (cause) => this.#lose(thread, `failed: ${cause.message}`));
    thread.on('exit', (code) => this.#lose(thread, `ended, with code ${code}`));
    return thread;
  }

  #lose(thread: Worker, what: string): void {
    if (this.#thread === thread) this.#thread = undefined;
    for (const { thread: its, writing } of this.#writings.values()) {
      if (its === thread) writing.end(new Error(`the thread for checkpoints ${what}`));
    }
  }

  /** A thread that is stuck would keep its slots for ever. */
  async #letGo(thread: Worker, writing: ThreadWriting): Promise<void> {
    if (!(await this.#isWithin(LETTING_GO_MS, writing.released))) await thread.terminate();
  }

  async #isWithin(durationMs: number, work: Promise<unknown>): Promise<boolean> {
    const over = new AbortController();
    const patience = this.#options.clock.sleep(durationMs, over.signal).then(
      () => false,
      () => false,
    );
    const isDone = await Promise.race([work.then(() => true), patience]);
    over.abort();
    return isDone;
  }
}
