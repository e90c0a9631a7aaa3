import type { Engine, EngineSource } from '../../../services/local/store/engine.ts';
import type { Entry } from '../../../services/local/store/entry.ts';
import type { MarkFile } from '../../../services/local/store/mark.ts';
import type { StorePlace } from '../../../services/local/store/open-store.ts';

/**
 * What a disk does with one write:
 *
 * - `refused`: nothing is written, an error
 * - `written, failed`: all is written, an error all the same
 * - `lost`: nothing is written, and no error; what the process reads shows it until a restart
 * - `torn`: only a part is written, and no error; what the process reads shows all until a restart
 * - `corrupted`: written with a bit flipped, and no error
 * - `power cut`: all or nothing of a batch, any part of a mark is written, and nothing after it
 */
export type DiskFault = 'refused' | 'written, failed' | 'lost' | 'torn' | 'corrupted' | 'power cut';

/** What stays when the power is gone. */
interface Platter {
  entries: ReadonlyMap<string, Uint8Array> | undefined;
  mark: Uint8Array | undefined;
}

export interface MemoryDiskOptions {
  /** Of write number `write`, counted from 0. @default none */
  faultOf?: (write: number) => DiskFault | undefined;
  /** How much of a torn write is written, from 0 to 1. @default one half */
  part?: () => number;
  /** Before each write. @default at once */
  delay?: (write: number) => Promise<void>;
}

/** The disk of a store in this process: batches and marks are on its platter, or they are not. */
export class MemoryDisk {
  readonly place: StorePlace;
  /** What was done, in order. */
  readonly done: string[] = [];
  readonly #options: MemoryDiskOptions;
  #platter: Platter;
  /** What the running process reads. */
  #cached: Platter;
  #writes = 0;
  #isOff = false;

  constructor(options: MemoryDiskOptions = {}, platter: Platter = NOTHING) {
    this.#options = options;
    this.#platter = platter;
    this.#cached = platter;
    this.place = { folder: 'MEMORY', source: this.#source(), markFile: this.#markFile() };
  }

  get writes(): number {
    return this.#writes;
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  get platter(): Platter {
    return this.#platter;
  }

  /** Somebody takes files away while the process runs. */
  lose(...what: (keyof Platter)[]): void {
    for (const part of what) this.#platter = { ...this.#platter, [part]: undefined };
  }

  /** Somebody puts an older copy of everything back while the process runs. */
  putBack(platter: Platter): void {
    this.#platter = platter;
  }

  /** The same disk in the next process. */
  restarted(options: MemoryDiskOptions = {}): MemoryDisk {
    this.#isOff = true;
    return new MemoryDisk(options, this.#platter);
  }

  async #write(what: string, apply: (before: Platter, part: number) => Platter): Promise<void> {
    const number = this.#writes++;
    await this.#options.delay?.(number);
    if (this.#isOff) return never();
    const fault = this.#options.faultOf?.(number);
    this.done.push(fault === undefined ? what : `${what} ${fault}`);
    const part = this.#options.part?.() ?? 0.5;
    if (fault === 'refused') throw diskError();
    if (fault === 'power cut') {
      const written = part > 0.7 ? 1 : what === 'batch' ? 0 : part;
      this.#platter = apply(this.#platter, written);
      this.#isOff = true;
      return never();
    }
    this.#cached = apply(this.#cached, 1);
    if (fault === 'lost') return;
    this.#platter = apply(this.#platter, fault === 'torn' ? part : 1);
    if (fault === 'corrupted') this.#platter = withFlippedBit(this.#platter, what, part);
    if (fault === 'written, failed') throw diskError();
  }

  #source(): EngineSource {
    const open = async (): Promise<Engine> => this.#engine();
    return {
      isThere: async () => this.#platter.entries !== undefined,
      create: async () => {
        await this.#write('create', (before) => ({ ...before, entries: new Map() }));
        return this.#engine();
      },
      open: async () => {
        // The pages of a failed write are read again from the platter.
        this.#cached = this.#platter;
        return open();
      },
      openCopy: async () => this.#engine(() => this.#platter),
    };
  }

  #engine(look = () => this.#cached): Engine {
    const sorted = (): Entry[] => [...(look().entries ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      get: async (key) => look().entries?.get(key),
      range: async ({ from, before, limit, reverse }) => {
        const inside = sorted().filter(([key]) => key >= from && key < before);
        return (reverse ? inside.reverse() : inside).slice(0, limit);
      },
      async *portions() {
        yield sorted();
      },
      write: (changes) =>
        this.#write('batch', (before, part) => {
          const entries = new Map(before.entries);
          for (const [key, stored] of changes.slice(0, Math.floor(part * changes.length))) {
            if (stored === null) entries.delete(key);
            else entries.set(key, stored);
          }
          return { ...before, entries };
        }),
      close: async () => {},
    };
  }

  #markFile(): MarkFile {
    return {
      read: async () => this.#platter.mark,
      replace: (content) =>
        // By a rename: whole or not at all.
        this.#write('mark', (before, part) => (part < 1 ? before : { ...before, mark: content })),
      overwrite: (offsetBytes, bytes) =>
        this.#write('mark', (before, part) => {
          const mark = Uint8Array.from(before.mark ?? []);
          mark.set(bytes.subarray(0, Math.floor(part * bytes.byteLength)), offsetBytes);
          return { ...before, mark };
        }),
    };
  }
}

const NOTHING: Platter = { entries: undefined, mark: undefined };

const never = (): Promise<never> => new Promise(() => {});

const diskError = (): Error =>
  Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

function withFlippedBit(platter: Platter, what: string, where: number): Platter {
  const flipped = (bytes: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    const at = Math.min(copy.length - 1, Math.floor(where * copy.length));
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  if (what === 'mark') return { ...platter, mark: platter.mark && flipped(platter.mark) };
  // The newest entry is the last but one that was put; the head the last.
  const entries = [...(platter.entries ?? [])];
  const at = Math.floor(where * entries.length);
  return {
    ...platter,
    entries: new Map(entries.map(([key, value], i) => [key, i === at ? flipped(value) : value])),
  };
}
