import type { Log } from '../../../services/platform/observability/log.ts';

/** Keeps nothing but tells what is logged as an error: whatever faults there are, a process expects them. */
export class SwarmLog implements Log {
  readonly #process: string;
  readonly #onError: (process: string, message: string, fields: object) => void;

  constructor(
    process: string,
    onError: (process: string, message: string, fields: object) => void,
  ) {
    this.#process = process;
    this.#onError = onError;
  }

  debug(): void {}
  info(): void {}
  warn(): void {}

  error(fields: object, message: string): void {
    this.#onError(this.#process, message, fields);
  }

  child(): SwarmLog {
    return this;
  }
}
