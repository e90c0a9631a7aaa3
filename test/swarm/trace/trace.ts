import { createHash } from 'node:crypto';

/**
 * What happened in a run, as lines of which each begins with its virtual time; and a hash over all of them.
 * Two runs with the same hash did the same: the same messages, writes, faults and answers at the same times.
 */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #nowMs: () => number;
  readonly #onLine: ((line: string) => void) | undefined;
  #waiting = '';
  #lines = 0;

  /** @param onLine is given each line. @default nobody is */
  constructor(nowMs: () => number, onLine?: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#onLine = onLine;
  }

  get lines(): number {
    return this.#lines;
  }

  add(text: string): void {
    const line = `${this.#nowMs().toFixed(3)} ${text}`;
    this.#lines++;
    this.#waiting += `${line}\n`;
    if (this.#waiting.length > 32_768) this.#flush();
    this.#onLine?.(line);
  }

  /** Of all lines so far, 16 hex digits. */
  hash(): string {
    this.#flush();
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  #flush(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = '';
  }
}
