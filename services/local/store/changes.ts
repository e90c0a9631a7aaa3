import { addToSum, encodeEntry, sumText, weightOf } from './entry.ts';
import { type Head, headEntry } from './examination.ts';
import { isRecordKey, recordMarkOf } from './item-keys.ts';
import { type Mark, raiseMark } from './mark.ts';
import type { OpenedStore, StorePlace } from './open-store.ts';

/** What a batch changes. */
export class Changes {
  readonly #before: OpenedStore;
  /** null: it is removed. */
  readonly #texts = new Map<string, string | null>();
  readonly #stored = new Map<string, Uint8Array | null>();
  #entries: number;
  #sum: bigint;
  #record: Mark['record'];

  constructor(before: OpenedStore) {
    this.#before = before;
    this.#entries = before.head.entries;
    this.#sum = BigInt(`0x${before.head.sum}`);
    this.#record = before.mark.record;
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  /** Undefined if the batch does not change it, null if it removes it. */
  textOf(key: string): string | null | undefined {
    return this.#texts.get(key);
  }

  put(key: string, before: string | undefined, text: string): void {
    const stored = encodeEntry(key, text);
    if (before === undefined) this.#entries++;
    else this.#sum = addToSum(this.#sum, -weightOf(encodeEntry(key, before)));
    this.#sum = addToSum(this.#sum, weightOf(stored));
    this.#texts.set(key, text);
    this.#stored.set(key, stored);
    if (isRecordKey(key)) this.#record = recordMarkOf(key, text) ?? this.#record;
  }

  /** Nothing changes where nothing is. */
  remove(key: string, before: string | undefined): void {
    if (before === undefined) return;
    this.#entries--;
    this.#sum = addToSum(this.#sum, -weightOf(encodeEntry(key, before)));
    this.#texts.set(key, null);
    this.#stored.set(key, null);
  }

  /** On the disk, with the mark, when it resolves. */
  async store({ markFile }: StorePlace): Promise<OpenedStore> {
    const { engine, head: before } = this.#before;
    const sum = sumText(this.#sum);
    const head: Head = { ...before, commit: before.commit + 1, entries: this.#entries, sum };
    await engine.write([...this.#stored, headEntry(head)]);
    const { storeId, commit } = head;
    const mark: Mark = { storeId, commit, sum, ...(this.#record && { record: this.#record }) };
    await raiseMark(markFile, mark);
    return { engine, head, mark };
  }
}
