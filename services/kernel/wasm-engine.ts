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
import { ThreadPool } from './thread-pool.ts';
import type { ExchangeTurn, PoolPlan, WorkerPool, WorkerPoolOptions } from './worker-pool.ts';

/** Who works on the blocks of an engine. */
export interface ThreadSettings {
  /** 0: the calling thread does it itself. */
  readonly threads: number;
  /** See `PoolThreadData`. */
  readonly spins: number;
  /** What a thread runs. @default the bundle beside the one that asks */
  readonly workerFile?: URL | string;
}

/**
 * The compiled kernel: the same states as the reference, bit for bit, several times faster. All its
 * blocks stand in one shared memory of at most 4 GiB. Packing and copying too are done there.
 *
 * The memory is the engine's until it is closed, and then another one's: what was prepared throws
 * from then on, and views of blocks are not to be touched.
 */
export class WasmEngine implements Engine {
  readonly name = 'wasm';
  readonly memory: KernelMemory;
  readonly #module: WebAssembly.Module;
  readonly #pool: ThreadSettings;
  /** Of the records of blocks. */
  readonly #addresses = new Map<CellRaster, number>();
  readonly #parcelled = new Set<CellRaster>();
  /** The longest row and column of a block so far: what a scratch must have room for. */
  #stride = 0;
  #rows = 0;
  #thread: KernelThread;
  #isClosed = false;

  /**
   * @param module the compiled kernel; see load-kernel.ts.
   * @param options.memory one that no other engine has. @default a new one
   * @param options.threads how many others work on its blocks. @default 0: the calling one does
   * @throws RangeError if there is no address space for the memory; Error if another has it.
   */
  constructor(
    module: WebAssembly.Module,
    options: { memory?: KernelMemory } & Partial<ThreadSettings> = {},
  ) {
    const { threads = 0, spins = 0, workerFile, memory = new KernelMemory() } = options;
    this.memory = memory;
    this.#module = module;
    this.#pool = { threads, spins, ...(workerFile !== undefined && { workerFile }) };
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
   * Lays a scratch for one more thread, which has room for the blocks that there are by now.
   *
   * @returns what that thread makes a `KernelThread` of.
   */
  createThread(): KernelThreadData {
    const { memory } = this.memory;
    const scratch = layMemoryScratch(this.memory, this.#stride, this.#rows);
    return { module: this.#module, memory, scratch };
  }

  /** Where a block is for a `KernelThread`. */
  addressOf(block: CellBlock): number {
    const address = this.#addresses.get(block);
    if (address === undefined) throw new Error('the block is not one of this engine');
    return address;
  }

  /** The kernel as the thread of this engine runs it. */
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

  createPool(plan: PoolPlan, options: WorkerPoolOptions): WorkerPool {
    const { threads, spins, workerFile } = this.#pool;
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

  /** Other blocks have to be copied from before they are ticked; parcels stay as they are. */
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
   * Writes copies down in the memory, where they stay, for any thread to run.
   *
   * @param along see `jobsOfCopies`. @default they are made all at once
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

  /** A late thread must not write into the memory of the next engine. */
  #assertOpen(): void {
    if (this.#isClosed) throw new Error('the engine is closed');
  }

  #holds(raster: CellRaster): boolean {
    return this.#addresses.has(raster) || this.#parcelled.has(raster);
  }
}
