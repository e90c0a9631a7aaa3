/** An object as a listing shows it. */
export interface SnapshotInfo {
  key: string;
  sizeBytes: number;
  /** When it was stored, in epoch milliseconds of the store's own clock. */
  modifiedMs: number;
}

/**
 * A store of large immutable objects, made for checkpoints and statistics. Keys are paths
 * (services/protocol/common/names.ts has their beginnings): no key is a folder of another one.
 *
 * STORE_UNAVAILABLE when the store cannot be reached; a key or a prefix that is none is a plain
 * Error, being a bug of the caller.
 */
export interface SnapshotStore {
  /**
   * Stores bytes unless something is there. An object appears whole or not at all.
   *
   * @returns false: something is there, which may be what an attempt of this very call stored whose
   * answer was lost. A caller that needs to know compares.
   */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** undefined: nothing is there. An object of more than maxBytes is a plain Error, unread. */
  get(key: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /**
   * Exactly lengthBytes, at least one, from an offset on; undefined: nothing is there. An object that
   * ends before is a plain Error.
   */
  getRange(key: string, offset: number, lengthBytes: number): Promise<Uint8Array | undefined>;
  /** Everything below a folder (`a/b/`, or empty for all), ordered by key. */
  list(folder: string): Promise<SnapshotInfo[]>;
  /** Something that is not there is fine. */
  delete(key: string): Promise<void>;
}

const SEGMENT = '[A-Za-z0-9][A-Za-z0-9._-]{0,127}';
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT}){0,15}$`);
const FOLDER = new RegExp(`^(${SEGMENT}/){0,15}$`);

/** Throws unless it is a path of names that no store and no file system reads in another way. */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new Error(`not a key of an object: ${JSON.stringify(key)}`);
}

/** Throws unless it is empty or such a path with a slash at its end. */
export function checkFolder(folder: string): void {
  if (!FOLDER.test(folder)) throw new Error(`not a folder of objects: ${JSON.stringify(folder)}`);
}

/** Throws unless it is one byte of an object or more. */
export function checkRange(offset: number, lengthBytes: number): void {
  const isRange =
    offset >= 0 &&
    lengthBytes >= 1 &&
    Number.isSafeInteger(offset) &&
    Number.isInteger(lengthBytes);
  if (!isRange) throw new Error(`not a range of an object: ${lengthBytes} bytes at ${offset}`);
}

/** The error of an object that ends before a range of it does. */
export const objectTooShort = (key: string, offset: number, lengthBytes: number): Error =>
  new Error(`the object ${key} ends before ${lengthBytes} bytes at ${offset} do`);

/** The error of an object that is larger than its reader allows. */
export const objectTooLarge = (key: string, sizeBytes: number, maxBytes: number): Error =>
  new Error(`the object ${key} has ${sizeBytes} bytes, at most ${maxBytes} are read`);

/** Ascending, by UTF-16 code units: keys are ASCII. */
export const byKey = (a: SnapshotInfo, b: SnapshotInfo): number =>
  a.key < b.key ? -1 : a.key > b.key ? 1 : 0;

/** The same bytes, not as a Buffer: comparing and cloning treat that as another type. */
export const plainBytes = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
