/** What clients ask for that changes something. */
export type AskKind =
  | 'start'
  | 'stop'
  | 'pause'
  | 'resume'
  | 'step'
  | 'pace'
  | 'scale'
  | 'inject'
  | 'cancel';

/** One request of a client, with what it is about. */
export interface Ask {
  kind: AskKind;
  /** Of a start, a step or an injection; the instance of a stop; else what is asked for, as text. */
  about: string;
  sentMs: number;
}

/**
 * The requests that may still take effect: those that are under way, and those of which nobody knows what
 * became of them. Whatever happens to a colony without one of these, nobody asked for.
 */
export class Asks {
  readonly #open = new Set<Ask>();

  sent(ask: Ask): void {
    this.#open.add(ask);
  }

  /** Its answer says for good what became of it. */
  settled(ask: Ask): void {
    this.#open.delete(ask);
  }

  /** Whether there is an open one of this kind, about this. @param about @default whatever it is about */
  has(kind: AskKind, about?: string): boolean {
    return [...this.#open].some((ask) => ask.kind === kind && (about ?? ask.about) === ask.about);
  }

  keysOf(kind: AskKind): string[] {
    return [...this.#open].flatMap((ask) => (ask.kind === kind ? [ask.about] : []));
  }
}
