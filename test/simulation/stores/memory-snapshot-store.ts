import {
  byKey,
  checkFolder,
  checkKey,
  checkRange,
  objectTooLarge,
  objectTooShort,
  type SnapshotInfo,
  type SnapshotStore,
} from '../../../services/platform/snapshots/snapshot-store.ts';

/** Objects in this process. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly #objects = new Map<string, { bytes: Uint8Array; modifiedMs: number }>();
  readonly #epochMs: () => number;

  /** @param epochMs the store's clock @default the time of this machine */
  constructor(epochMs: () => number = Date.now) {
    this.#epochMs = epochMs;
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    if (this.#objects.has(key)) return false;
    this.#objects.set(key, { bytes: bytes.slice(), modifiedMs: this.#epochMs() });
    return true;
  }

  async get(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    checkKey(key);
    const bytes = this.#objects.get(key)?.bytes;
    if (bytes !== undefined && bytes.byteLength > maxBytes) {
      throw objectTooLarge(key, bytes.byteLength, maxBytes);
    }
    return bytes?.slice();
  }

  async getRange(
    key: string,
    offset: number,
    lengthBytes: number,
  ): Promise<Uint8Array | undefined> {
    checkKey(key);
    checkRange(offset, lengthBytes);
    const bytes = this.#objects.get(key)?.bytes;
    if (bytes !== undefined && bytes.byteLength < offset + lengthBytes) {
      throw objectTooShort(key, offset, lengthBytes);
    }
    return bytes?.slice(offset, offset + lengthBytes);
  }

  async list(folder: string): Promise<SnapshotInfo[]> {
    checkFolder(folder);
    return [...this.#objects]
      .filter(([key]) => key.startsWith(folder))
      .map(([key, { bytes, modifiedMs }]) => ({ key, sizeBytes: bytes.byteLength, modifiedMs }))
      .sort(byKey);
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    this.#objects.delete(key);
  }
}
