import { type ColonyError, isStoreUnavailable } from '../../protocol/common/errors.ts';
import type { Incomplete } from '../../protocol/series/table.ts';

/** What went wrong on the way to an answer. */
export class Faults {
  first: ColonyError | undefined;

  add(error: ColonyError): void {
    this.first ??= error;
  }

  /** What a store gives; undefined if it does not. */
  async catch<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (!isStoreUnavailable(error)) throw error;
      this.add(error);
      return undefined;
    }
  }

  get incomplete(): Incomplete | undefined {
    return this.first && { code: this.first.code, detail: this.first.message };
  }
}
