import { signal } from '@preact/signals';
import { newKey } from '../api/client.ts';
import { Refusal } from '../api/request.ts';
import { refreshColony } from '../state/colony.ts';
import { failed, type Source, worked } from '../state/connection.ts';

/** Something was asked of the colony and is not answered yet. */
export const isBusy = signal(false);

/**
 * Asks something of the colony. One at a time; a second click while the first is under way is not
 * a second wish.
 *
 * @returns whether it was done.
 */
export async function ask(source: Source, action: () => Promise<unknown>): Promise<boolean> {
  if (isBusy.peek()) return false;
  isBusy.value = true;
  try {
    await action();
    worked(source);
    return true;
  } catch (error) {
    failed(error, source);
    return false;
  } finally {
    isBusy.value = false;
    refreshColony();
  }
}

/**
 * One intent has one key, kept until it is answered: trying again after a lost answer does nothing
 * twice. After an answer, or for another request, the next try is another intent.
 */
export class Intent {
  #kept: { request: string; key: string } | undefined;

  /** @param request what is asked; the same request keeps its key. */
  async carryOut<T>(request: unknown, action: (key: string) => Promise<T>): Promise<T> {
    const text = JSON.stringify(request);
    if (this.#kept?.request !== text) this.#kept = { request: text, key: newKey() };
    try {
      const answer = await action(this.#kept.key);
      this.#kept = undefined;
      return answer;
    } catch (error) {
      if (error instanceof Refusal) this.#kept = undefined;
      throw error;
    }
  }
}
