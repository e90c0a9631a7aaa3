import { open, readFile } from 'node:fs/promises';
import { replaceFile } from './disk.ts';
import type { MarkFile } from './mark.ts';

/** A mark in a file. */
export class DiskMarkFile implements MarkFile {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  replace(content: Uint8Array): Promise<void> {
    return replaceFile(this.#file, content);
  }

  async overwrite(offsetBytes: number, bytes: Uint8Array): Promise<void> {
    const handle = await open(this.#file, 'r+');
    try {
      let written = 0;
      while (written < bytes.byteLength) {
        const rest = bytes.subarray(written);
        written += (await handle.write(rest, 0, rest.byteLength, offsetBytes + written))
          .bytesWritten;
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
}
