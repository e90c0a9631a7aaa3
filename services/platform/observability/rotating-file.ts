import {
  closeSync,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** A log that grows beyond this is put aside as `.1`, in place of the one that was there. */
export const LOG_MAX_BYTES = 10 * 1024 * 1024;
/** How much is written before the size is looked at again. */
const CHECK_BYTES = 64 * 1024;

/**
 * A file that lines are appended to and that is bounded: it and the one before it have at most twice
 * `maxBytes`, and what is written between two looks.
 *
 * It is put aside by copying and truncating, not by renaming: standard output and error of a process in
 * local mode are the same file, opened by its launcher, and stay in it. Everything is done synchronously,
 * so that no line is lost, not even the last one before a crash; that is why libraries that rotate
 * (pino-roll, rotating-file-stream: both asynchronous, both rename) were rejected. What cannot be written,
 * because the disk is full, is lost, and the process lives on.
 */
export class RotatingFile {
  readonly #file: string;
  readonly #maxBytes: number;
  #fd: number;
  #uncheckedBytes = Number.POSITIVE_INFINITY;
  /** Only a part of the last line was written. */
  #isTorn = false;

  /** Creates the file with its folder, readable by its owner only. Throws if that is not possible. */
  constructor(file: string, maxBytes: number = LOG_MAX_BYTES) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    mkdirSync(path.dirname(file), { recursive: true });
    this.#fd = this.#open();
  }

  /** Appends a line, which ends with a newline. Never throws. */
  write(line: string): void {
    try {
      if (this.#uncheckedBytes >= CHECK_BYTES) this.#keepBounded();
      this.#append(Buffer.from(this.#isTorn ? `\n${line}` : line));
    } catch {
      this.#isTorn = true;
    }
  }

  #append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(this.#fd, bytes, at);
    this.#isTorn = false;
    this.#uncheckedBytes += bytes.byteLength;
  }

  #keepBounded(): void {
    this.#uncheckedBytes = 0;
    if (fstatSync(this.#fd).size <= this.#maxBytes) return;
    try {
      this.#copy();
      ftruncateSync(this.#fd);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') this.#openAnew();
    }
  }

  /** Somebody took the file away: what follows goes to a new one. */
  #openAnew(): void {
    const taken = this.#fd;
    this.#fd = this.#open();
    closeSync(taken);
  }

  #copy(): void {
    const aside = `${this.#file}.1`;
    try {
      copyFileSync(this.#file, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      // The disk is full: the older one makes room.
      rmSync(aside, { force: true });
      copyFileSync(this.#file, aside);
    }
  }

  #open(): number {
    return openSync(this.#file, 'a', 0o600);
  }
}
