import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from './disk.ts';
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

  async replace(content: Uint8Array): Promise<void> {
    const temporary = `${this.#file}.new`;
    try {
      const handle = await open(temporary, 'w', 0o600);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, this.#file);
      await syncFolder(path.dirname(this.#file));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
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
