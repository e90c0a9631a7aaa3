import type { PartObject } from '../../protocol/checkpoint/manifest.ts';
import { ERRORS, type ErrorCode } from '../../protocol/common/error-codes.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { PartWriting } from './checkpoint-writer.ts';
import type { Staging } from './staging.ts';
import type { FromThread, ToThread } from './writer-thread.ts';

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** One part, as the thread that writes it tells of it. */
export class ThreadWriting implements PartWriting {
  readonly released: Promise<void>;
  readonly #part: number;
  readonly #staging: Staging;
  readonly #tell: (message: ToThread) => void;
  readonly #takes: Waiting<void>[] = [];
  #finish: Waiting<PartObject[]> | undefined;
  #failure: unknown;
  #release = () => {};
  #progress = 0;

  constructor(part: number, staging: Staging, tell: (message: ToThread) => void) {
    this.#part = part;
    this.#staging = staging;
    this.#tell = tell;
    this.released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  get progress(): number {
    return this.#progress;
  }

  take(round: number): Promise<void> {
    const { rounds, cells, plan } = this.#staging;
    const { width, height } = plan.slot;
    const slots = { cells: cells.message, width, height, slots: plan.slots };
    return this.#asking((waiting) => {
      this.#takes.push(waiting);
      this.#tell({ kind: 'take', part: this.#part, staged: rounds[round] ?? [], ...slots });
    });
  }

  finish(): Promise<PartObject[]> {
    return this.#asking((waiting) => {
      this.#finish = waiting;
      this.#tell({ kind: 'finish', part: this.#part });
    });
  }

  hear(news: FromThread): void {
    if (news.kind === 'progress') {
      this.#progress++;
    } else if (news.kind === 'taken') {
      this.#takes.shift()?.resolve();
    } else if (news.kind === 'finished') {
      this.#finish?.resolve([...news.objects]);
      this.#release();
    } else {
      this.end(errorOf(news));
    }
  }

  /** It is not wanted any more; the thread may still be reading the slots. */
  giveUp(why: unknown): void {
    this.#fail(why);
    this.#tell({ kind: 'abandon', part: this.#part });
  }

  /** Nothing reads the slots any more. */
  end(why: unknown): void {
    this.#fail(why);
    this.#release();
  }

  #fail(why: unknown): void {
    this.#failure ??= why;
    for (const waiting of this.#takes.splice(0)) waiting.reject(why);
    this.#finish?.reject(why);
  }

  #asking<T>(ask: (waiting: Waiting<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      ask({ resolve, reject });
    });
  }
}

function errorOf({ code, message }: { code?: string; message: string }): Error {
  if (code !== undefined && Object.hasOwn(ERRORS, code)) {
    return new ColonyError(code as ErrorCode, message);
  }
  return new Error(message);
}
