import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';

/** A file system of its own in an empty folder, which fills up soon. */
export class SmallDisk {
  readonly #folder: string;
  readonly #filler: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#filler = path.join(folder, 'filler');
  }

  /** @returns undefined where none can be mounted: that takes Linux and root. */
  static mount(folder: string, size = '24m'): SmallDisk | undefined {
    mkdirSync(folder, { recursive: true });
    try {
      const options = ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder];
      execFileSync('mount', options, { stdio: 'ignore' });
      return new SmallDisk(folder);
    } catch {
      return undefined;
    }
  }

  /** Whether one can be mounted here. */
  static canMount(): boolean {
    const folder = mkdtempSync(path.join(tmpdir(), 'colony-disk-'));
    const disk = SmallDisk.mount(folder);
    disk?.unmount();
    rmSync(folder, { recursive: true });
    return disk !== undefined;
  }

  /** Takes all the room there is. */
  fill(): void {
    writeFileSync(this.#filler, '');
    for (let bytes = 2 ** 20; bytes >= 1; bytes = Math.floor(bytes / 4)) {
      try {
        for (;;) appendFileSync(this.#filler, Buffer.alloc(bytes));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
    }
  }

  /** Gives it back. */
  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  /** For everybody, root too. */
  setWritable(isWritable: boolean): void {
    execFileSync('mount', ['-o', `remount,${isWritable ? 'rw' : 'ro'}`, this.#folder]);
  }

  /** Whatever is open on it. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.#folder]);
  }
}
