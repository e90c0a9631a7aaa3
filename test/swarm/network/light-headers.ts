export type HeaderValues = Iterable<readonly [string, string]> | Record<string, string>;

/** Headers in place of Node's, which check each name and value: those of a run are all valid. */
export class LightHeaders {
  /** By names in lower case. */
  readonly #values = new Map<string, string>();

  constructor(values?: HeaderValues) {
    if (values instanceof LightHeaders) {
      for (const [name, value] of values.#values) this.#values.set(name, value);
    } else if (values !== undefined) {
      const pairs = Symbol.iterator in values ? values : Object.entries(values);
      for (const [name, value] of pairs as Iterable<readonly [string, string]>) {
        this.append(name, value);
      }
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), String(value));
  }

  append(name: string, value: string): void {
    const known = this.get(name);
    this.set(name, known === null ? value : `${known}, ${value}`);
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  /** Nobody in a run sets any. */
  getSetCookie(): string[] {
    return [];
  }

  forEach(tell: (value: string, name: string) => void): void {
    for (const [name, value] of this) tell(value, name);
  }

  entries(): IterableIterator<[string, string]> {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)).values();
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}
