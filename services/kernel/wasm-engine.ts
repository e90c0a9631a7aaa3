import type { BlockExtent, CellBlock, CellRaster } from '../world/cells/cell-block.ts';
import { assertCopy, type CellCopy } from '../world/cells/cell-copy.ts';
import {
  type CellParcel,
  parcelBytes,
  type RasterPlan,
  viewParcel,
} from '../world/cells/cell-parcel.ts';
import type { Statistics } from '../world/measuring/statistics.ts';
import type { Rules } from '../world/spec/rules.ts';
import { jobsOfCopies } from './copy-jobs.ts';
import type { Engine } from './engine.ts';
import { InlinePool } from './inline-pool.ts';
import { KernelMemory } from './kernel-memory.ts';
import { type JobList, KernelThread, type KernelThreadData } from './kernel-thread.ts';
import { extentOf, layMemoryBlock } from './memory-block.ts';
import { COPY_JOB_BYTES } from './memory-layout.ts';
import { layMemoryScratch } from './memory-scratch.ts';
import type { BlockTurn } from './pool-thread.ts';
import type { MemorySampler } from './sampling/memory-sampler.ts';
import { ThreadPool } from './thread-pool.ts';
import type { ExchangeTurn, PoolPlan, WorkerPool, WorkerPoolOptions } from './worker-pool.ts';

/** Which threads work on the blocks of an engine. */
export interface ThreadSettings {
  /** 0: the calling thread does the work itself. */
  readonly threads: number;
  /** See `PoolThreadData`. */
  readonly spins: number;
  /** What a thread runs. @default the bundle beside the one that asks */
  readonly workerFile?: URL | string;
}

/**
 * The compiled kernel: the same states as the reference, bit for bit, several times faster. All its
 * blocks are in one shared memory of at most 4 GiB; the kernel packs and copies there too.
 *
 * The memory belongs to the engine until it is closed, and then to the next one: from then on what was
 * prepared throws, and views of blocks must not be touched.
 */
export class WasmEngine implements Engine {
  readonly name = 'wasm';
  readonly memory: KernelMemory;
  readonly #module: WebAssembly.Module;
  readonly #threads: ThreadSettings;
  /** The addresses of the blocks' records. */
  readonly #addresses = new Map<CellRaster, number>();
  readonly #parcelled = new Set<CellRaster>();
  /** The longest row and column of any block so far: a scratch must have room for them. */
  #stride = 0;
  #rows = 0;
  #thread: KernelThread;
  #isClosed = false;

  /**
   * @param module the compiled kernel; see load-kernel.ts.
   * @param options.memory one that no other engine uses. @default a new one
   * @param options.threads how many threads work on its blocks. @default 0: the calling one does
   * @throws RangeError if there is no address space for the memory; Error if another engine uses it.
   */
  constructor(
    module: WebAssembly.Module,
    options: { memory?: KernelMemory } & Partial<ThreadSettings> = {},
  ) {
    const { threads = 0, spins = 0, workerFile, memory = new KernelMemory() } = options;
    this.memory = memory;
    this.#module = module;
    this.#threads = { threads, spins, ...(workerFile !== undefined && { workerFile }) };
    memory.take();
    try {
      this.#thread = new KernelThread(this.createThread());
    } catch (error) {
      memory.giveBack();
      throw error;
    }
  }

  createBlock(extent: BlockExtent): CellBlock {
    this.#assertOpen();
    const { block, address } = layMemoryBlock(this.memory, extent);
    this.#addresses.set(block, address);
    if (block.stride > this.#stride || block.rows > this.#rows) {
      this.#stride = Math.max(this.#stride, block.stride);
      this.#rows = Math.max(this.#rows, block.rows);
      this.#thread = new KernelThread(this.createThread());
    }
    return block;
  }

  createParcel(plans: readonly RasterPlan[], headerBytes = 0): CellParcel {
    this.#assertOpen();
    const address = this.memory.allocate(headerBytes + parcelBytes(plans));
    const parcel = viewParcel(this.memory.buffer, address, plans, headerBytes);
    for (const raster of parcel.rasters) this.#parcelled.add(raster);
    return parcel;
  }

  /**
   * Allocates a scratch for one more thread, with room for the blocks created so far.
   *
   * @returns what that thread needs for its `KernelThread`.
   */
  createThread(): KernelThreadData {
    const { memory } = this.memory;
    const scratch = layMemoryScratch(this.memory, this.#stride, this.#rows);
    return { module: this.#module, memory, scratch };
  }

  /** The address of a block, for a `KernelThread`. */
  addressOf(block: CellBlock): number {
    const address = this.#addresses.get(block);
    if (address === undefined) throw new Error('the block is not one of this engine');
    return address;
  }

  /** The kernel of the calling thread. */
  get thread(): KernelThread {
    return this.#thread;
  }

  tick(block: CellBlock, rules: Rules, seed: number, tick: number, ticks = 1): void {
    this.#thread.tick(this.addressOf(block), rules, seed, tick, ticks);
  }

  digestOf(block: CellBlock): bigint {
    return this.#thread.digest(this.addressOf(block));
  }

  statisticsOf(block: CellBlock, tick: number): Statistics {
    return this.#thread.statistics(this.addressOf(block), block.width * block.height, tick);
  }

  createSampler(): MemorySampler {
    this.#assertOpen();
    const addressOf = (block: CellBlock) => this.addressOf(block);
    return this.#thread.createSampler(this.memory, { columns: this.#stride, addressOf });
  }

  createPool(plan: PoolPlan, options: WorkerPoolOptions): WorkerPool {
    const { threads, spins, workerFile } = this.#threads;
    const { spec, blocks, awaited = 0, turns = [] } = plan;
    const members = Math.min(threads, blocks.length);
    if (members === 0) return new InlinePool(this, plan, options);
    return new ThreadPool({
      spec,
      blocks: blocks.map((block) => ({
        address: this.addressOf(block),
        extent: extentOf(block),
        turns: turns.map((turn) => this.#layTurn(block, turn)),
      })),
      awaited,
      threads: Array.from({ length: members }, () => this.createThread()),
      signal: options.signal,
      spins,
      ...(workerFile !== undefined && { workerFile }),
    });
  }

  /** Blocks must be copied from before they are ticked; parcels do not change meanwhile. */
  #layTurn(block: CellBlock, { fills, packs }: ExchangeTurn): BlockTurn {
    const own = fills.filter(({ target }) => target === block);
    const ofOwn = packs.filter(({ source }) => source === block);
    const isParcelled = ({ source }: CellCopy) => this.#parcelled.has(source);
    return {
      fillsFromBlocks: this.layCopies(own.filter((copy) => !isParcelled(copy))),
      fillsFromParcels: this.layCopies(own.filter(isParcelled), block),
      packs: this.layCopies(ofOwn, block),
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#addresses.clear();
    this.#parcelled.clear();
    this.memory.giveBack();
  }

  /**
   * Writes copy jobs into the memory, where they stay, so that any thread can run them.
   *
   * @param along see `jobsOfCopies`. @default all are made at once
   * @throws RangeError if a rectangle leaves its block.
   */
  layCopies(copies: readonly CellCopy[], along?: CellBlock): JobList {
    this.#assertOpen();
    for (const copy of copies) {
      assertCopy(copy);
      if (this.#holds(copy.source) && this.#holds(copy.target)) continue;
      throw new Error('a copy from or to what is not of this engine');
    }
    const jobs = jobsOfCopies(copies, along);
    const address = this.memory.allocate(jobs.length * COPY_JOB_BYTES);
    const words = (jobs.length * COPY_JOB_BYTES) / Uint32Array.BYTES_PER_ELEMENT;
    new Uint32Array(this.memory.buffer, address, words).set(jobs.flat());
    return { address, count: jobs.length };
  }

  prepareCopies(copies: readonly CellCopy[]): () => void {
    const jobs = this.layCopies(copies);
    return () => {
      this.#assertOpen();
      this.#thread.copy(jobs);
    };
  }

  /** Throws once it is closed: a late copy must not write into the next engine's memory. */
  #assertOpen(): void {
    if (this.#isClosed) throw new Error('the engine is closed');
  }

  #holds(raster: CellRaster): boolean {
    return this.#addresses.has(raster) || this.#parcelled.has(raster);
  }
}
