/** What a client asked for; see `input` in `checker/history.go`. */
export interface Input {
  key?: string;
  body?: string;
  instance?: string;
  ticks?: number;
  tick?: number;
  wait?: boolean;
}

/** What a client was told; see `answer` in `checker/history.go`. */
export interface Told {
  code: string;
  instance?: string;
  generation?: number;
  status?: string;
  failure?: number;
  paused?: boolean;
  tick?: number;
  sequence?: number;
  events?: { tick: number; body: string }[];
}

export type Operation =
  | 'start'
  | 'stop'
  | 'pause'
  | 'resume'
  | 'step'
  | 'inject'
  | 'colony'
  | 'tick'
  | 'events';

interface Call {
  client: number;
  call: number;
  return: number | null;
  op: Operation;
  input: Input;
  answer: Told | null;
}

/** A call that has begun. */
export interface OpenCall {
  /** It was answered; `told` has what each operation was told by this one answer. */
  answered(told: readonly { op: Operation; answer: Told }[]): void;
  /** It is known to have had no effect, and told nothing. */
  dropped(): void;
}

/** All calls of one run, by one clock: the order in which things were said and heard in this process. */
export class History {
  readonly name: string;
  /** Whether starts may fail, since backends are missing for longer than a start waits. */
  readonly mayFail: boolean;
  readonly #calls: Call[] = [];
  readonly #now: () => number;
  #lastTime = 0;

  /** @param now of a clock that never goes back; equal times become an order. */
  constructor(name: string, { mayFail, now }: { mayFail: boolean; now: () => number }) {
    this.name = name;
    this.mayFail = mayFail;
    this.#now = now;
  }

  get calls(): number {
    return this.#calls.length;
  }

  #time(): number {
    this.#lastTime = Math.max(this.#lastTime + 1, Math.round(this.#now() * 1_000));
    return this.#lastTime;
  }

  /** A call begins; unless something else is said of it, nobody knows what came of it. */
  begin(client: number, op: Operation, input: Input): OpenCall {
    const call: Call = { client, call: this.#time(), return: null, op, input, answer: null };
    this.#calls.push(call);
    const remove = () => this.#calls.splice(this.#calls.indexOf(call), 1);
    return {
      answered: (told) => {
        const at = this.#time();
        remove();
        for (const { op, answer } of told) this.#calls.push({ ...call, op, return: at, answer });
      },
      dropped: remove,
    };
  }

  /** Lines of JSON, as the checker reads them. */
  text(): string {
    const lines = [{ history: this.name, mayFail: this.mayFail }, ...this.#calls];
    return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  }
}
