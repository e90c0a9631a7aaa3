/** More than any event with its conditions takes. */
const NOTE_BYTES = 16 * 1024;
const HEAD_BYTES = 4;

/** A value that one thread leaves for others, as JSON in shared memory. They look when they are told to. */
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

  /** What was written last. */
  read(): T {
    // A decoder takes no shared memory.
    const bytes = new Uint8Array(this.buffer, HEAD_BYTES, this.#length[0]).slice();
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  }
}
