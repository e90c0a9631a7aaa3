import {
  byKey,
  checkFolder,
  checkKey,
  objectTooLarge,
  type SnapshotInfo,
  type SnapshotStore,
} from '../../../services/platform/snapshots/snapshot-store.ts';

/** Objects in this process. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly #objects = new Map<string, Uint8Array>();

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    if (this.#objects.has(key)) return false;
    this.#objects.set(key, bytes.slice());
    return true;
  }

  async get(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    checkKey(key);
    const bytes = this.#objects.get(key);
    if (bytes !== undefined && bytes.byteLength > maxBytes) {
      throw objectTooLarge(key, bytes.byteLength, maxBytes);
    }
    return bytes?.slice();
  }

  async list(folder: string): Promise<SnapshotInfo[]> {
    checkFolder(folder);
    return [...this.#objects]
      .filter(([key]) => key.startsWith(folder))
      .map(([key, { byteLength: sizeBytes }]) => ({ key, sizeBytes }))
      .sort(byKey);
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    this.#objects.delete(key);
  }
}
