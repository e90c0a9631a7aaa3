import { ConnectionLost } from './api.ts';
import { byId, setText } from './dom.ts';

const SHOWN_MS = 12_000;

/** The two lines below the header: a lost connection, and what the API refused. */
export class Notices {
  readonly #connection = byId('connection', HTMLElement);
  readonly #error = byId('error', HTMLElement);
  readonly #errorText = byId('error-text', HTMLElement);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    byId('error-dismiss', HTMLButtonElement).addEventListener('click', () => this.clearError());
  }

  /** Every answer of the server ends here. */
  connected(): void {
    this.#connection.hidden = true;
  }

  /** Shows what went wrong, in words. */
  failed(error: unknown): void {
    if (error instanceof ConnectionLost) {
      setText(this.#connection, `Connection lost: ${error.message}. Trying again…`);
      this.#connection.hidden = false;
      return;
    }
    setText(this.#errorText, error instanceof Error ? error.message : String(error));
    this.#error.hidden = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.clearError(), SHOWN_MS);
  }

  clearError(): void {
    this.#error.hidden = true;
  }
}
