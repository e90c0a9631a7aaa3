/** More than any event with its conditions needs. */
const NOTE_BYTES = 16 * 1024;
const HEAD_BYTES = 4;

/** A value that one thread leaves for others as JSON in shared memory. They read it when told to. */
export class SharedNote<T> {
  readonly buffer: SharedArrayBuffer;
  readonly #length: Uint32Array;

  constructor(buffer = new SharedArrayBuffer(NOTE_BYTES)) {
    this.buffer = buffer;
    this.#length = new Uint32Array(buffer, 0, 1);
  }

  /** @throws RangeError if the value is too long. */
  write(value: T): void {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const room = this.buffer.byteLength - HEAD_BYTES;
    if (bytes.length > room) {
      throw new RangeError(`a note of ${bytes.length} bytes, there is room for ${room}`);
    }
    new Uint8Array(this.buffer, HEAD_BYTES).set(bytes);
    this.#length[0] = bytes.length;
  }

  /** The value written last. */
  read(): T {
    // TextDecoder refuses shared memory.
    const bytes = new Uint8Array(this.buffer, HEAD_BYTES, this.#length[0]).slice();
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  }
}
