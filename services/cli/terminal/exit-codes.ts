/** What `colony` ends with. */
export const EXIT = {
  /** Done; for `verify`: bit-identical. */
  ok: 0,
  /** The colony refused, failed, or differs. */
  refused: 1,
  /** The command line or the environment: bad flags, nothing listens, an unwritable folder. */
  usage: 2,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with one clear line on standard error. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
