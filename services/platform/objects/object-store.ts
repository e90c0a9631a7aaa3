/** Immutable JSON objects that exist for others only once the record points at them. */
export interface ObjectStore {
  /**
   * Stores a value under a ref, if nothing is there yet. The same ref always has the same value:
   * another one is a bug of the caller, and so is a value that is too large; both are plain Errors.
   */
  put(ref: string, value: unknown): Promise<void>;
  /** The value, or undefined. The caller validates it. */
  get(ref: string): Promise<unknown>;
}

/** The error of a put that would change an object. */
export const objectDiffers = (ref: string): Error =>
  new Error(`the object ${ref} is there with another value; objects never change`);
