import { canonicalJson } from '../../protocol/common/canonical-json.ts';
import { STORED_TEXT_MAX_BYTES } from '../../protocol/wire/store-calls.ts';
import type { StoreClient } from '../store/store-client.ts';
import { type ObjectStore, objectDiffers } from './object-store.ts';
import { parseObject } from './stored-object.ts';

/** Objects as texts of the embedded store: their canonical JSON under their ref. */
export class EmbeddedObjectStore implements ObjectStore {
  readonly #client: StoreClient;

  constructor(client: StoreClient) {
    this.#client = client;
  }

  async put(ref: string, value: unknown): Promise<void> {
    const text = canonicalJson(value);
    const bytes = Buffer.byteLength(text);
    if (bytes > STORED_TEXT_MAX_BYTES) {
      throw new Error(
        `the object ${ref} has ${bytes} bytes: the store takes at most ${STORED_TEXT_MAX_BYTES}`,
      );
    }
    const stored = await this.#client.call('put', { sortKey: ref, text });
    if (stored.text !== text) throw objectDiffers(ref);
  }

  async get(ref: string): Promise<unknown> {
    const { text } = await this.#client.call('get', { sortKey: ref });
    return text === undefined ? undefined : parseObject(ref, text);
  }
}
