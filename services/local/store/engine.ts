import type { Entry } from './entry.ts';

/** What is stored under a key from now on; null for nothing. */
export type Change = readonly [key: string, stored: Uint8Array | null];

/** A range of keys, in the order of their UTF-8 bytes. */
export interface KeyRange {
  /** Included. */
  from: string;
  /** Not included. */
  before: string;
  limit: number;
  /** From its end. */
  reverse: boolean;
}

/** An open key-value engine. Any method may reject with what the disk said. */
export interface Engine {
  get(key: string): Promise<Uint8Array | undefined>;
  range(range: KeyRange): Promise<Entry[]>;
  /** All entries by key, in portions. */
  portions(): AsyncIterable<Entry[]>;
  /**
   * All entries or none; null removes one. On disk when it resolves. After it rejects, the engine must be opened
   * anew.
   */
  write(entries: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Where the entries are. Together with `MarkFile` the seam at which tests inject faults of a disk:
 * nothing else of a store touches one.
 */
export interface EngineSource {
  isThere(): Promise<boolean>;
  /** Makes an empty one; what is there is put aside. */
  create(): Promise<Engine>;
  /** Opens what is there; rejects with `EngineDamaged` where it cannot be read. */
  open(): Promise<Engine>;
  /** Opens a copy, which is gone with its closing. Opening changes files, so this is for looking. */
  openCopy(): Promise<Engine>;
}

/** The engine's own files do not fit together, or some are missing. */
export class EngineDamaged extends Error {
  override readonly name = 'EngineDamaged';
}

/** Another process has it. */
export class EngineLocked extends Error {
  override readonly name = 'EngineLocked';
}
