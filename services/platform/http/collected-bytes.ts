/** What the first allocation has at least, if the bound allows it. */
const FIRST_BYTES = 1024;

/**
 * Bytes that come in chunks, in one array that doubles as they come. A list of the chunks was rejected:
 * a chunk of one byte is an object of a hundred, and the sender chooses how many there are.
 */
export class CollectedBytes {
  readonly #maxBytes: number;
  #buffer = new Uint8Array(0);
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** What is kept for them: less than twice their number, but for the first few. */
  get allocatedBytes(): number {
    return this.#buffer.byteLength;
  }

  /** Copies a chunk. Returns false, and takes nothing of it, if there would be more than `maxBytes`. */
  append(chunk: Uint8Array): boolean {
    const length = this.#length + chunk.byteLength;
    if (length > this.#maxBytes) return false;
    if (length > this.#buffer.byteLength) this.#growTo(length);
    this.#buffer.set(chunk, this.#length);
    this.#length = length;
    return true;
  }

  /** All that came, without a copy. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  #growTo(length: number): void {
    const doubled = Math.max(length, 2 * this.#buffer.byteLength, FIRST_BYTES);
    const grown = new Uint8Array(Math.min(doubled, this.#maxBytes));
    grown.set(this.bytes());
    this.#buffer = grown;
  }
}
