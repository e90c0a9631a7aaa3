import {
  type ObjectStore,
  objectDiffers,
} from '../../../services/platform/objects/object-store.ts';
import { canonicalJson } from '../../../services/protocol/common/canonical-json.ts';

/** Objects in this process. */
export class MemoryObjectStore implements ObjectStore {
  readonly #texts = new Map<string, string>();

  async put(ref: string, value: unknown): Promise<void> {
    const text = canonicalJson(value);
    const stored = this.#texts.get(ref);
    if (stored !== undefined && stored !== text) throw objectDiffers(ref);
    this.#texts.set(ref, text);
  }

  async get(ref: string): Promise<unknown> {
    const text = this.#texts.get(ref);
    return text === undefined ? undefined : JSON.parse(text);
  }
}
