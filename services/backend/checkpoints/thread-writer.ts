import { Worker } from 'node:worker_threads';
import type { Clock } from '../../platform/runtime/clock.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import type { CheckpointWriter, PartPlan, PartWriting } from './checkpoint-writer.ts';
import type { Staging } from './staging.ts';
import { ThreadWriting } from './thread-writing.ts';
import type { FromThread, ToThread, WriterThreadData } from './writer-thread.ts';

/** The bundle of checkpoint.worker.ts; see scripts/build.mjs. */
const BUILT = new URL('./checkpoint.worker.js', import.meta.url);
/** A thread that has not let go of a part that is given up after so long is ended; it has as long again for that. */
const LETTING_GO_MS = 1_000;
/** Each one that hangs keeps its memory, and may keep one of the four threads by which this process uses its disks. */
const HANGING_MAX = 2;

export interface ThreadWriterOptions {
  readonly data: WriterThreadData;
  readonly clock: Clock;
  /** What the thread runs. @default the bundle beside this one */
  readonly workerFile?: URL | string;
  /** @default a thread that runs it */
  readonly createThread?: () => WritingThread;
}

/** What is used of a thread. */
export type WritingThread = Pick<Worker, 'postMessage' | 'on' | 'terminate'>;

/**
 * Writes in a thread of its own, at low priority, so that nothing of it is in the way of ticking. The
 * thread is started with the first part and kept; one that is lost takes its parts with it, and the next part
 * starts another. One that cannot even be ended, because a disk does not answer it, is left behind; while there are
 * `HANGING_MAX` of them no part is begun.
 */
export class ThreadWriter implements CheckpointWriter {
  readonly #options: ThreadWriterOptions;
  #thread: WritingThread | undefined;
  readonly #writings = new Map<number, { thread: WritingThread; writing: ThreadWriting }>();
  /** Those that were told to end and have not. */
  readonly #hanging = new Set<WritingThread>();
  #parts = 0;

  constructor(options: ThreadWriterOptions) {
    this.#options = options;
  }

  begin(plan: PartPlan, staging: Staging, signal: AbortSignal): PartWriting {
    if (this.#hanging.size >= HANGING_MAX) {
      const what = `${this.#hanging.size} threads for checkpoints hang`;
      throw new Error(`${what}: the snapshot store has not answered them`);
    }
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
    await isDoneWithin(this.#options.clock, LETTING_GO_MS, ended);
  }

  #start(): WritingThread {
    const { data: workerData, workerFile = BUILT } = this.#options;
    const { createThread = () => new Worker(workerFile, { workerData, name: 'checkpoints' }) } =
      this.#options;
    const thread = createThread();
    thread.on('message', (news: FromThread) => this.#writings.get(news.part)?.writing.hear(news));
    thread.on('error', (cause) => this.#lose(thread, `failed: ${cause.message}`));
    thread.on('exit', (code) => this.#lose(thread, `ended, with code ${code}`));
    return thread;
  }

  #lose(thread: WritingThread, what: string): void {
    if (this.#thread === thread) this.#thread = undefined;
    for (const { thread: its, writing } of this.#writings.values()) {
      if (its === thread) writing.end(new Error(`the thread for checkpoints ${what}`));
    }
  }

  /** A thread that is stuck would keep its slots for ever. */
  async #letGo(thread: WritingThread, writing: ThreadWriting): Promise<void> {
    const { clock } = this.#options;
    if (await isDoneWithin(clock, LETTING_GO_MS, writing.released)) return;
    if (this.#thread === thread) this.#thread = undefined;
    this.#hanging.add(thread);
    const ended = thread.terminate().finally(() => this.#hanging.delete(thread));
    if (await isDoneWithin(clock, LETTING_GO_MS, ended)) return;
    // Its program is stopped, though a system call is not: it reads no slots any more.
    this.#lose(thread, 'hangs');
  }
}
