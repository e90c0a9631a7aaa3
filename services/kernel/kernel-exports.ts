/** What assembly/kernel.ts exports; addresses and sizes are bytes, all numbers 32 bits. */
export interface KernelExports {
  /** Writes the constants into a new scratch and those chained to it. */
  fillScratch(scratch: number): void;
  /** At most `WAVES_MAX` ticks. */
  tick(
    block: number,
    scratch: number,
    seed: number,
    tick: number,
    ticks: number,
    fills: number,
    fillCount: number,
    packs: number,
    packCount: number,
  ): void;
  digest(block: number, scratch: number): bigint;
  statistics(block: number, scratch: number, tick: number): void;
  copy(jobs: number, count: number): void;
  /** Writes the constants of a new packer. */
  fillPacker(record: number): void;
  /** Packs the cells of a packer, which are lost by it; returns how many bytes they are. */
  pack(record: number): number;
  /** The bytes must be right: nothing is checked. */
  unpack(record: number, population: number): void;
  sampleCells(
    block: number,
    layer: number,
    from: number,
    step: number,
    count: number,
    out: number,
    tick: number,
    sizeCost: number,
    killCost: number,
    moveCost: number,
  ): void;
  drawMeans: DrawSquares;
  drawModes: DrawSquares;
}

/** Draws a row of squares from `rows` rows of `columns` samples. */
type DrawSquares = (
  samples: number,
  out: number,
  rows: number,
  columns: number,
  side: number,
  pixels: number,
) => void;

/** Instantiates the kernel for one thread, on a memory that other threads may share. */
export function instantiateKernel(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): KernelExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as KernelExports;
}
