const PAGE_BYTES = 65536;
/** What 32-bit addresses reach. */
export const KERNEL_MEMORY_MAX_BYTES = 65536 * PAGE_BYTES;
/** Cache lines of processors that matter, and the one that is fetched with it. */
const ALIGNMENT = 128;

/**
 * The one memory of a kernel, for one engine at a time. What is taken from it is zero, and is given
 * back all at once: blocks live as long as a topology.
 *
 * It is used again by the next engine. A memory of its own for each would stay resident until the
 * garbage collector comes by, which sees nothing but small objects and may take its time.
 */
export class KernelMemory {
  readonly #maxBytes: number;
  #memory: WebAssembly.Memory | undefined;
  #isHeld = false;
  /** Address 0 is never allocated. */
  #endAddress = ALIGNMENT;
  #usedBytes = 0;
  /** Below this are the remains of former engines. */
  #dirtyBytes = 0;

  /** @param options.maxBytes of addresses; refuses to give more. @default 4 GiB, the most that there can be */
  constructor({ maxBytes = KERNEL_MEMORY_MAX_BYTES }: { maxBytes?: number } = {}) {
    this.#maxBytes = Math.min(maxBytes, KERNEL_MEMORY_MAX_BYTES);
  }

  /**
   * Takes it for one engine, until `giveBack`.
   *
   * @throws Error if another has it: two would write over each other's cells.
   * @throws RangeError if not even the address space for it can be had.
   */
  take(): void {
    if (this.#isHeld) throw new Error('another engine has the memory of the kernel');
    this.#memory ??= this.#reserve();
    this.#isHeld = true;
  }

  /** Gives back all that was taken. No thread may touch it any more. */
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

  /** What was taken, without what will not be touched. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** All that was taken lies below. */
  get endAddress(): number {
    return this.#endAddress;
  }

  get buffer(): SharedArrayBuffer {
    return this.memory.buffer;
  }

  /**
   * @returns the address of that many bytes, all 0, aligned to cache lines.
   * @throws RangeError if there is no room for them.
   */
  allocate(bytes: number): number {
    return this.allocateSparsely(bytes, [{ offset: 0, bytes }]);
  }

  /**
   * Takes addresses of which only some parts will be touched: what lies between costs no memory.
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

  /** Only when it is taken again, block by block: all at once would hold up the process. */
  #clear(address: number, end: number): void {
    if (end <= address) return;
    // Shared memory is filled value by value: wide ones are several times faster.
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
