/** Why a launch cannot go on: one clear line for the person who typed the command. */
export class LocalError extends Error {
  override readonly name = 'LocalError';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
