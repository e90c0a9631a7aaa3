import { ColonyError } from '../../protocol/common/errors.ts';

/** Fewer backends answer than are waited for. */
export class TooFewBackends extends ColonyError {
  /** In words for who watches: what is waited for. */
  readonly waitsFor: string;

  constructor(found: number, wanted: number) {
    super('NO_BACKENDS', `${found} of ${wanted} backends are there`);
    this.waitsFor = `waiting for backends: ${found} of ${wanted} are there`;
  }
}

/** Why something is tried again, in words for who watches; the log has the code. */
export const waitingText = (error: unknown): string => {
  if (error instanceof TooFewBackends) return error.waitsFor;
  return `trying again: ${error instanceof Error ? error.message : String(error)}`;
};
