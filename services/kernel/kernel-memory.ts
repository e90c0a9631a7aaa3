const PAGE_BYTES = 65536;
/** What 32-bit addresses reach. */
const MEMORY_MAX_BYTES = 65536 * PAGE_BYTES;
/** Cache lines of processors that matter, and the one that is fetched with it. */
const ALIGNMENT = 128;

/**
 * The one memory of a kernel. What is taken from it is zero, and is given back all at once, with the
 * memory: blocks live as long as a topology.
 */
export class KernelMemory {
  readonly memory: WebAssembly.Memory;
  readonly #maxBytes: number;
  /** Address 0 is nobody's. */
  #usedBytes = ALIGNMENT;

  /**
   * @param options.maxBytes refuses to hold more. @default 4 GiB, the most that there can be
   * @throws RangeError if not even the address space for it can be had.
   */
  constructor({ maxBytes = MEMORY_MAX_BYTES }: { maxBytes?: number } = {}) {
    this.#maxBytes = Math.min(maxBytes, MEMORY_MAX_BYTES);
    const maximum = Math.max(1, Math.ceil(this.#maxBytes / PAGE_BYTES));
    try {
      this.memory = new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (cause) {
      throw new RangeError(`the kernel cannot reserve ${inMebibytes(this.#maxBytes)} of memory`, {
        cause,
      });
    }
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get buffer(): SharedArrayBuffer {
    return this.memory.buffer;
  }

  /**
   * @returns the address of that many bytes, all 0, aligned to cache lines.
   * @throws RangeError if there is no room for them.
   */
  allocate(bytes: number): number {
    const address = this.#usedBytes;
    const end = Math.ceil((address + bytes) / ALIGNMENT) * ALIGNMENT;
    if (end > this.#maxBytes) {
      throw new RangeError(
        `the kernel has ${inMebibytes(address)} of cells and needs ${inMebibytes(bytes)} more, ` +
          `but one process holds at most ${inMebibytes(this.#maxBytes)}: use more backends`,
      );
    }
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE_BYTES));
      } catch (cause) {
        throw new RangeError(
          `the kernel's memory cannot grow from ${inMebibytes(this.memory.buffer.byteLength)} ` +
            `to ${inMebibytes(end)}: the machine refuses it`,
          { cause },
        );
      }
    }
    this.#usedBytes = end;
    return address;
  }
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
