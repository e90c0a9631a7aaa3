import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JobList } from '../../services/kernel/kernel-thread.ts';
import * as layout from '../../services/kernel/memory-layout.ts';

const SOURCE = 'test/bench/native/kernel.c';
const FLAGS = ['-O3', '-fno-strict-aliasing', '-msse4.2', '-mpopcnt'];

/** An image of a kernel's memory, and what in it is to be ticked. */
export interface KernelImage {
  bytes: Uint8Array;
  block: number;
  scratch: number;
  jobs: JobList;
}

/** The kernel in C, compiled by whatever C compiler there is. */
export class NativeKernel {
  readonly compiler: string;
  readonly #folder: string;

  private constructor(compiler: string, folder: string) {
    this.compiler = compiler;
    this.#folder = folder;
  }

  /** Undefined where there is no C compiler, or none for SSE 4.2. */
  static compile(): NativeKernel | undefined {
    if (process.arch !== 'x64') return undefined;
    const folder = mkdtempSync(path.join(tmpdir(), 'colony-native-'));
    const offsets = Object.entries(layout).map(([name, value]) => `-D${name}=${value}`);
    for (const compiler of ['clang', 'gcc', 'cc']) {
      const args = [...FLAGS, ...offsets, SOURCE, '-o', path.join(folder, 'kernel')];
      const { error, status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
      if (error !== undefined) continue;
      if (status !== 0) throw new Error(`${compiler} does not compile ${SOURCE}:\n${stderr}`);
      return new NativeKernel(`${compiler} ${FLAGS.join(' ')}`, folder);
    }
    rmSync(folder, { recursive: true });
    return undefined;
  }

  /** Writes an image, for runs that all begin with it. */
  save(name: string, { bytes }: KernelImage): void {
    writeFileSync(path.join(this.#folder, name), bytes);
  }

  /**
   * Ticks a saved image so many times from a tick on.
   *
   * @returns CPU nanoseconds of each tick, and the memory afterwards.
   */
  run(name: string, image: KernelImage, seed: number, tick: number, ticks: number) {
    const { block, scratch, jobs } = image;
    const result = path.join(this.#folder, 'result');
    const numbers = [block, scratch, jobs.address, jobs.count, seed, tick, ticks].map(String);
    const args = [path.join(this.#folder, name), ...numbers, result];
    const printed = execFileSync(path.join(this.#folder, 'kernel'), args, { encoding: 'utf8' });
    const ns = printed.trim().split('\n').map(Number);
    return { ns, after: () => new Uint8Array(readFileSync(result)) };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
