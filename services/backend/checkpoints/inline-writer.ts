import type { PartObject } from '../../protocol/checkpoint/manifest.ts';
import type { CheckpointWriter, PartPlan, PartWriting } from './checkpoint-writer.ts';
import { type PartTools, PartWork } from './part-work.ts';
import type { Staging } from './staging.ts';

/** Writes in the calling thread, one band at a time: on virtual time, and where there are no threads. */
export class InlineWriter implements CheckpointWriter {
  readonly #tools: Omit<PartTools, 'onProgress'>;
  readonly #writings = new Set<InlineWriting>();

  constructor(tools: Omit<PartTools, 'onProgress'>) {
    this.#tools = tools;
  }

  begin(plan: PartPlan, staging: Staging, signal: AbortSignal): PartWriting {
    const writing = new InlineWriting(plan, staging, this.#tools);
    if (signal.aborted) writing.end(signal.reason);
    signal.addEventListener('abort', () => writing.end(signal.reason), { once: true });
    this.#writings.add(writing);
    void writing.released.then(() => this.#writings.delete(writing));
    return writing;
  }

  async close(): Promise<void> {
    const writings = [...this.#writings];
    for (const writing of writings) writing.end(new Error('the backend stops'));
    await Promise.all(writings.map(({ released }) => released));
  }
}

class InlineWriting implements PartWriting {
  readonly released: Promise<void>;
  readonly #work: PartWork;
  readonly #staging: Staging;
  readonly #ended = new AbortController();
  #progress = 0;
  #taking: Promise<void> = Promise.resolve();
  #release = () => {};

  constructor(plan: PartPlan, staging: Staging, tools: Omit<PartTools, 'onProgress'>) {
    this.#staging = staging;
    const onProgress = () => {
      this.#progress++;
    };
    this.#work = new PartWork(plan, { ...tools, onProgress }, this.#ended.signal);
    const ended = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.released = ended.then(() => this.#taking).catch(() => undefined);
  }

  /** Gives it up, unless it has ended. */
  end(why: unknown): void {
    this.#ended.abort(why);
    this.#release();
  }

  get progress(): number {
    return this.#progress;
  }

  take(round: number): Promise<void> {
    const staged = this.#staging.rounds[round] ?? [];
    this.#taking = this.#taking.then(() => this.#work.take(staged, this.#staging.cells.rasters));
    this.#taking.catch(() => this.#release());
    return this.#taking;
  }

  async finish(): Promise<PartObject[]> {
    try {
      await this.#taking;
      return await this.#work.finish();
    } finally {
      this.#release();
    }
  }
}
