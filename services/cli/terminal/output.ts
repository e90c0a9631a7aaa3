/** Where a command writes: results to standard output, progress and errors to standard error. */
export interface Output {
  /** Whether progress is redrawn in place; else it is left out. */
  readonly isTerminal: boolean;
  /** A line of the result. */
  line(text: string): void;
  /** One document, for `--json`. */
  json(value: unknown): void;
  /** Redraws the one line of progress; nothing where there is no terminal. */
  progress(text: string): void;
  /** A line for people that is no part of the result. */
  note(text: string): void;
}

/** The parts of a stream that are written to; process.stdout is one. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const CLEAR_LINE = '\r\u001b[2K';

/** Cuts a text to the width of a terminal, since a line that wraps cannot be redrawn. */
export function fitTo(columns: number | undefined, text: string): string {
  const most = Math.max(20, (columns || 80) - 1);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/**
 * Output to the two streams of a process.
 *
 * @param isQuiet whether progress is left out on a terminal too.
 */
export function createOutput(
  stdout: TextStream,
  stderr: TextStream,
  isQuiet: () => boolean = () => false,
): Output {
  const isTerminal = stderr.isTTY === true;
  let drawn = false;
  const clear = () => {
    if (drawn) stderr.write(CLEAR_LINE);
    drawn = false;
  };
  return {
    isTerminal,
    line(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    json(value) {
      clear();
      stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress(text) {
      if (!isTerminal || isQuiet()) return;
      stderr.write(`${CLEAR_LINE}${fitTo(stderr.columns, text)}`);
      drawn = true;
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
  };
}
