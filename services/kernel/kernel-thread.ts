import { EMPTY_STATISTICS, type Statistics } from '../world/measuring/statistics.ts';
import type { Rules } from '../world/spec/rules.ts';
import { instantiateKernel, type KernelExports } from './kernel-exports.ts';
import { RULE_COUNT, RULE_WORDS, STATISTICS, WAVES_MAX } from './memory-layout.ts';
import { writeRules } from './memory-scratch.ts';
import { MemorySampler } from './sampling/memory-sampler.ts';

/** What a thread needs to work on an engine's blocks: plain data that can be posted to a worker. */
export interface KernelThreadData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of its scratch; no other thread may use it. */
  readonly scratch: number;
}

/** A list of copy jobs in the kernel's memory. */
export interface JobList {
  readonly address: number;
  readonly count: number;
}

type SamplerPlace =
  ConstructorParameters<typeof MemorySampler> extends [unknown, ...infer Rest] ? Rest : never;

const NO_JOBS: JobList = { address: 0, count: 0 };

/** The order in which the kernel writes statistics. */
const KERNEL_ORDER = [
  'food',
  'extraFood',
  'population',
  'canKill',
  'canMove',
  'canKillAndMove',
  'size',
  'health',
  'ageTicks',
] as const satisfies readonly (keyof Statistics)[];

/**
 * The compiled kernel as one thread runs it. Blocks are given by their addresses. Nothing here
 * synchronises threads: callers see to it that while one ticks a block, no other copies to or from it.
 */
export class KernelThread {
  readonly module: WebAssembly.Module;
  readonly scratch: number;
  readonly #kernel: KernelExports;
  readonly #rules: Uint32Array;
  readonly #statistics: Float64Array;

  constructor({ module, memory, scratch }: KernelThreadData) {
    this.module = module;
    this.scratch = scratch;
    this.#kernel = instantiateKernel(module, memory);
    this.#kernel.fillScratch(scratch);
    const { buffer } = memory;
    this.#rules = new Uint32Array(buffer, scratch + RULE_WORDS, RULE_COUNT);
    this.#statistics = new Float64Array(buffer, scratch + STATISTICS, KERNEL_ORDER.length);
  }

  /** Runs `tickBlock` of services/world `ticks` times. */
  tick(block: number, rules: Rules, seed: number, tick: number, ticks = 1): void {
    writeRules(this.#rules, rules);
    this.tickOn(block, seed, tick, ticks);
  }

  /** Loads rules that `writeRules` wrote elsewhere: `tickOn` uses them from now on. */
  setRules(words: Uint32Array): void {
    this.#rules.set(words);
  }

  /**
   * Like `tick`, with the rules that were loaded.
   *
   * @param fills copies to make before each row is read; sorted by rows of the block.
   * @param packs copies to make once each row is done; sorted likewise.
   */
  tickOn(
    block: number,
    seed: number,
    tick: number,
    ticks: number,
    { fills = NO_JOBS, packs = NO_JOBS }: { fills?: JobList; packs?: JobList } = {},
  ): void {
    for (let done = 0; done < ticks; done += WAVES_MAX) {
      const waves = Math.min(WAVES_MAX, ticks - done);
      const before = done === 0 ? fills : NO_JOBS;
      const behind = done + waves === ticks ? packs : NO_JOBS;
      this.#kernel.tick(
        block,
        this.scratch,
        seed,
        tick + done,
        waves,
        before.address,
        before.count,
        behind.address,
        behind.count,
      );
    }
  }

  /** `digestOf` of services/world. */
  digest(block: number): bigint {
    return BigInt.asUintN(64, this.#kernel.digest(block, this.scratch));
  }

  /** `statisticsOf` of services/world, for a block of `cells` cells. */
  statistics(block: number, cells: number, tick: number): Statistics {
    this.#kernel.statistics(block, this.scratch, tick);
    const statistics = { ...EMPTY_STATISTICS, cells };
    KERNEL_ORDER.forEach((name, i) => {
      statistics[name] = this.#statistics[i] as number;
    });
    return statistics;
  }

  /** What samples blocks on this thread; see `MemorySampler`. */
  createSampler(...[memory, options]: SamplerPlace): MemorySampler {
    return new MemorySampler(this.#kernel, memory, options);
  }

  copy({ address, count }: JobList): void {
    this.#kernel.copy(address, count);
  }
}
