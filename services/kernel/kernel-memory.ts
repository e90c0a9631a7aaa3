const PAGE_BYTES = 65536;
/** As far as 32-bit addresses reach. */
export const KERNEL_MEMORY_MAX_BYTES = 65536 * PAGE_BYTES;
/** A cache line of 64 bytes, and its neighbour, which prefetchers load with it. */
const ALIGNMENT = 128;

/**
 * The memory of a kernel, for one engine at a time: an arena. What it allocates is zero, and is freed
 * all at once, for blocks live as long as a topology.
 *
 * The next engine reuses it. Rejected: a memory for each engine. It would stay resident until the
 * garbage collector runs, which sees only a few small objects and so is in no hurry.
 */
export class KernelMemory {
  readonly #maxBytes: number;
  #memory: WebAssembly.Memory | undefined;
  #isHeld = false;
  /** Address 0 is never allocated. */
  #endAddress = ALIGNMENT;
  #usedBytes = 0;
  /** Below this address there may be data of former engines. */
  #dirtyBytes = 0;

  /** @param options.maxBytes never allocates beyond this address. @default 4 GiB, the most possible */
  constructor({ maxBytes = KERNEL_MEMORY_MAX_BYTES }: { maxBytes?: number } = {}) {
    this.#maxBytes = Math.min(maxBytes, KERNEL_MEMORY_MAX_BYTES);
  }

  /**
   * Claims it for one engine, until `giveBack`.
   *
   * @throws Error if another engine uses it: the two would overwrite each other's cells.
   * @throws RangeError if there is not even the address space for it.
   */
  take(): void {
    if (this.#isHeld) throw new Error('another engine has the memory of the kernel');
    this.#memory ??= this.#reserve();
    this.#isHeld = true;
  }

  /** Frees everything. No thread may touch it any more. */
  giveBack(): void {
    this.#isHeld = false;
    this.#dirtyBytes = Math.max(this.#dirtyBytes, this.#endAddress);
    this.#endAddress = ALIGNMENT;
    this.#usedBytes = 0;
  }

  get memory(): WebAssembly.Memory {
    if (this.#memory === undefined) throw new Error('the memory of the kernel is not taken');
    return this.#memory;
  }

  /** Bytes that were allocated, without those that are never touched. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Everything allocated lies below this address. */
  get endAddress(): number {
    return this.#endAddress;
  }

  get buffer(): SharedArrayBuffer {
    return this.memory.buffer;
  }

  /**
   * Allocates so many bytes, all 0.
   *
   * @returns their address, aligned to cache lines.
   * @throws RangeError if there is no room for them.
   */
  allocate(bytes: number): number {
    return this.allocateSparsely(bytes, [{ offset: 0, bytes }]);
  }

  /**
   * Allocates addresses of which only some parts will be touched: the gaps cost no memory.
   *
   * @returns the first address, aligned to cache lines. The parts are all 0.
   * @throws RangeError if there is no room for them.
   */
  allocateSparsely(spanBytes: number, parts: readonly { offset: number; bytes: number }[]): number {
    const address = this.#endAddress;
    const end = Math.ceil((address + spanBytes) / ALIGNMENT) * ALIGNMENT;
    if (end > this.#maxBytes) {
      throw new RangeError(
        `the kernel has taken ${inMebibytes(address)} and needs ${inMebibytes(spanBytes)} more, ` +
          `but one process holds at most ${inMebibytes(this.#maxBytes)}: use more backends`,
      );
    }
    this.#growTo(end);
    for (const { offset, bytes } of parts) {
      this.#clear(address + offset, Math.min(address + offset + bytes, this.#dirtyBytes));
      this.#usedBytes += bytes;
    }
    this.#endAddress = end;
    return address;
  }

  #reserve(): WebAssembly.Memory {
    const maximum = Math.max(1, Math.ceil(this.#maxBytes / PAGE_BYTES));
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (cause) {
      throw new RangeError(`the kernel cannot reserve ${inMebibytes(this.#maxBytes)} of memory`, {
        cause,
      });
    }
  }

  #growTo(end: number): void {
    const missing = end - this.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (cause) {
      throw new RangeError(
        `the kernel's memory cannot grow from ${inMebibytes(this.buffer.byteLength)} ` +
          `to ${inMebibytes(end)}: the machine refuses it`,
        { cause },
      );
    }
  }

  /** Called when addresses are allocated again, block by block: all at once would stall the process. */
  #clear(address: number, end: number): void {
    if (end <= address) return;
    // Shared memory is filled value by value, so wide values are several times faster.
    const wide = Float64Array.BYTES_PER_ELEMENT;
    const from = Math.min(end, Math.ceil(address / wide) * wide);
    const to = Math.max(from, Math.floor(end / wide) * wide);
    new Uint8Array(this.buffer, address, from - address).fill(0);
    new Float64Array(this.buffer, from, (to - from) / wide).fill(0);
    new Uint8Array(this.buffer, to, end - to).fill(0);
  }
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
