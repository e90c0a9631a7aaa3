import type { Log } from '../../platform/observability/log.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import { Changes } from './changes.ts';
import { EngineDamaged, EngineLocked, type KeyRange } from './engine.ts';
import { decodeEntry, type Entry } from './entry.ts';
import type { Mark } from './mark.ts';
import { type OpenedStore, openStore, type StorePlace } from './open-store.ts';
import { StoreRefusal } from './refusal.ts';

/** What a write makes of the text that is stored: another text, nothing by null, or none to leave it. */
export interface Decision<T> {
  put?: string | null;
  answer: T;
}

export interface StoreOptions {
  place: StorePlace;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  /** What a disk said, in words for people. */
  describe: (error: unknown) => Promise<string>;
  /** Told in words when it cannot be used, and undefined when it can be. */
  onTrouble?: (trouble: string | undefined) => void;
  /** Whether a store may be made where none is. @default true */
  mayMake?: boolean;
  /** Told how many entries were looked at so far, while it is being opened. */
  onLooked?: (entries: number) => void;
}

interface PendingWrite {
  key: string;
  decide: (stored: string | undefined) => Decision<unknown>;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

/** Writes that go to the disk together. */
const BATCH_MAX = 256;
/** The process of a launch that was killed may hold it for a moment. */
const LOCK_PATIENCE_MS = 5_000;
/** Pauses between attempts to open it. */
const REOPENING = { firstMs: 250, mostMs: 2_000 };

/**
 * Texts by key, in one file system. A write that was acknowledged is on the disk, and the mark
 * beside the store says so:
 *
 *     decide ─▶ entries and head, one batch, synced ─▶ mark, synced ─▶ acknowledge
 *
 * Writes that come meanwhile wait, and go together in the next batch. Each is decided on what the
 * writes before it leave, so that a condition holds when its write takes effect.
 *
 * When the disk fails, what became of the batch is unknown: its writes are refused with
 * STORE_UNAVAILABLE, like all further ones, until the store is opened again and found whole.
 * What is stored can be read meanwhile.
 */
export class Store {
  readonly #options: StoreOptions;
  readonly #closing = new AbortController();
  #opened: OpenedStore | undefined;
  /** Outlives what is open. */
  #acknowledged: Mark | undefined;
  /** Why nothing can be written. */
  #trouble: string | undefined = 'the store is not open yet';
  #hasToldTrouble = false;
  #queue: PendingWrite[] = [];
  #writing: Promise<void> | undefined;
  #healing: Promise<void> | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** Opens or makes it; throws StoreRefusal, or what the disk said. */
  async open(): Promise<void> {
    await this.#reopen();
    this.#trouble = undefined;
  }

  /** Opens or makes it as soon as that can be done; `onTrouble` tells. */
  keepOpen(): void {
    this.#healing ??= this.#heal({ atOnce: true });
  }

  /** Throws STORE_UNAVAILABLE. */
  async get(key: string): Promise<string | undefined> {
    return this.#reading(() => this.#get(key));
  }

  /** Throws STORE_UNAVAILABLE. */
  async list(range: KeyRange): Promise<string[]> {
    return this.#reading(async () =>
      (await this.#open.engine.range(range)).map((entry) => textOf(entry)),
    );
  }

  /**
   * One conditional write; resolves once it is on the disk. Throws what `decide` throws, and
   * STORE_UNAVAILABLE, after which the write may still take effect.
   */
  write<T>(key: string, decide: (stored: string | undefined) => Decision<T>): Promise<T> {
    if (this.#trouble !== undefined) return Promise.reject(unavailable(this.#trouble));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ key, decide, resolve: (answer) => resolve(answer as T), reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Lets the writes under way end. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#trouble ??= 'the store is closed';
    await this.#writing;
    await this.#healing;
    await this.#opened?.engine.close();
    this.#opened = undefined;
  }

  get #open(): OpenedStore {
    if (this.#opened === undefined) throw unavailable(this.#trouble ?? 'the store is closed');
    return this.#opened;
  }

  async #get(key: string): Promise<string | undefined> {
    const stored = await this.#open.engine.get(key);
    return stored === undefined ? undefined : textOf([key, stored]);
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof ColonyError) throw error;
      throw unavailable(await this.#fail(error));
    }
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#trouble !== undefined) {
        // A read has found the disk failing meanwhile.
        const failure = unavailable(this.#trouble);
        for (const write of this.#queue.splice(0)) write.reject(failure);
        break;
      }
      const batch = this.#queue.splice(0, BATCH_MAX);
      try {
        await this.#commit(batch);
      } catch (error) {
        const failure = unavailable(await this.#fail(error));
        for (const write of [...batch, ...this.#queue.splice(0)]) write.reject(failure);
      }
    }
    // In the same turn as the last look at the queue: a write that comes later begins anew.
    this.#writing = undefined;
  }

  async #commit(batch: readonly PendingWrite[]): Promise<void> {
    const changes = new Changes(this.#open);
    const answers: (() => void)[] = [];
    for (const { key, decide, resolve, reject } of batch) {
      const changed = changes.textOf(key);
      const stored = changed === undefined ? await this.#get(key) : (changed ?? undefined);
      try {
        const { put, answer } = decide(stored);
        if (put === null) changes.remove(key, stored);
        else if (put !== undefined) changes.put(key, stored, put);
        answers.push(() => resolve(answer));
      } catch (error) {
        answers.push(() => reject(error));
      }
    }
    if (!changes.isEmpty) {
      this.#opened = await changes.store(this.#options.place);
      this.#acknowledged = this.#opened.mark;
    }
    for (const answer of answers) answer();
  }

  /** Notes why the disk failed, in words, and sees to it that the store is opened again. */
  async #fail(error: unknown): Promise<string> {
    const trouble = await this.#options.describe(error);
    if (!this.#closing.signal.aborted) {
      this.#tellTrouble(trouble, error);
      this.#healing ??= this.#heal({ atOnce: false });
    }
    return trouble;
  }

  /** Told once: the words may change while it lasts. */
  #tellTrouble(trouble: string, err: unknown): void {
    const { log, onTrouble } = this.#options;
    this.#trouble = trouble;
    if (this.#hasToldTrouble) return;
    this.#hasToldTrouble = true;
    log.error({ err }, `The store cannot be used: ${trouble}.`);
    onTrouble?.(trouble);
  }

  /** Tries to open it until it is open or refused. */
  async #heal({ atOnce }: { atOnce: boolean }): Promise<void> {
    const { clock, log, describe, onTrouble } = this.#options;
    const { signal } = this.#closing;
    const backoff = new Backoff(this.#options, REOPENING);
    const startedMs = clock.nowMs();
    if (!atOnce) await backoff.pause(signal);
    while (!signal.aborted) {
      // A batch may still be on its way to the disk: what it leaves is to be looked at.
      await this.#writing;
      try {
        await this.open();
        if (this.#hasToldTrouble) log.info({}, 'The store can be used again.');
        this.#hasToldTrouble = false;
        onTrouble?.(undefined);
        break;
      } catch (error) {
        if (error instanceof StoreRefusal) {
          await this.#letGo();
          this.#hasToldTrouble = false;
          this.#tellTrouble(error.message, error);
          break;
        }
        const isPatient = clock.nowMs() - startedMs < LOCK_PATIENCE_MS;
        if (!(error instanceof EngineLocked && isPatient)) {
          this.#tellTrouble(await describe(error), error);
        }
      }
      await backoff.pause(signal);
    }
    this.#healing = undefined;
  }

  async #reopen(): Promise<void> {
    const { place, randomness, mayMake = true, onLooked } = this.#options;
    const isFirst = this.#acknowledged === undefined;
    this.#opened = await openStore(place, {
      ...(mayMake && isFirst && { makeId: () => randomness.uuid() }),
      acknowledged: this.#acknowledged,
      beforeOpening: () => this.#letGo(),
      ...(onLooked && { onLooked }),
    });
    this.#acknowledged = this.#opened.mark;
  }

  async #letGo(): Promise<void> {
    const { engine } = this.#opened ?? {};
    this.#opened = undefined;
    await engine?.close();
  }
}

function textOf(entry: Entry): string {
  const text = decodeEntry(entry);
  if (text === undefined) throw new EngineDamaged(`the entry ${entry[0]} does not fit its check`);
  return text;
}

const unavailable = (detail: string): ColonyError => new ColonyError('STORE_UNAVAILABLE', detail);
