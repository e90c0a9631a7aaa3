import type { z } from 'zod';
import { parseJson } from '../../protocol/common/json.ts';
import { LIST_MAX, REMOVALS_MAX } from '../../protocol/wire/store-calls.ts';
import type { StoreClient } from '../store/store-client.ts';
import { parseStoredEntry } from './stored-entry.ts';

/** Follows every sort key that begins with another: numbers are padded to 12 digits. */
const NEXT = '!';

/** Numbered entries of the embedded store, each put only where none is; see dynamo-series.ts. */
export class EmbeddedSeries<T> {
  readonly #client: StoreClient;
  readonly #schema: z.ZodType<T>;
  readonly #what: string;

  /** @param what for errors, for example `digest` */
  constructor(client: StoreClient, schema: z.ZodType<T>, what: string) {
    this.#client = client;
    this.#schema = schema;
    this.#what = what;
  }

  /** Puts an entry unless its key is there; answers the one that is there then. */
  async append(sortKey: string, value: T): Promise<T> {
    const { text } = await this.#client.call('put', { sortKey, text: JSON.stringify(value) });
    return this.#parse(text);
  }

  /** The entries of a prefix from a sort key on, ascending, at most `limit`. */
  async list(
    prefix: string,
    fromSortKey: string,
    sortKeyOf: (entry: T) => string,
    limit: number,
  ): Promise<T[]> {
    const found: T[] = [];
    let from = fromSortKey;
    while (found.length < limit) {
      const page = {
        prefix,
        from,
        limit: Math.min(LIST_MAX, limit - found.length),
        reverse: false,
      };
      const { texts } = await this.#client.call('list', page);
      found.push(...texts.map((text) => this.#parse(text)));
      const last = found.at(-1);
      if (texts.length < page.limit || last === undefined) break;
      from = sortKeyOf(last) + NEXT;
    }
    return found;
  }

  /** The entry of a prefix with the highest number, if there is any. */
  async last(prefix: string): Promise<T | undefined> {
    const page = { prefix, from: prefix, limit: 1, reverse: true };
    const [text] = (await this.#client.call('list', page)).texts;
    return text === undefined ? undefined : this.#parse(text);
  }

  /** Removes entries; one that is not there is fine. */
  async remove(sortKeys: readonly string[]): Promise<void> {
    for (let at = 0; at < sortKeys.length; at += REMOVALS_MAX) {
      await this.#client.call('remove', { sortKeys: sortKeys.slice(at, at + REMOVALS_MAX) });
    }
  }

  #parse(text: string): T {
    return parseStoredEntry(this.#schema, this.#what, parseJson(text));
  }
}
