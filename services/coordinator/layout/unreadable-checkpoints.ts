/** As long as a backend is left out that is at fault. */
const DOUBT_MS = 600_000;

/** Who has called a checkpoint unreadable. */
interface Verdicts {
  readonly tick: number;
  /** Boot ids; empty where it is not known who. */
  readonly by: Set<string>;
}

/**
 * The checkpoints that are left out, by the word of those who were to read them. The word of one backend is enough,
 * unless that is doubted: then it takes another one's.
 */
export class UnreadableCheckpoints {
  /** By key of the manifest. */
  readonly #verdicts = new Map<string, Verdicts>();
  /** Since when, by boot id. */
  readonly #doubted = new Map<string, number>();
  readonly #trusted = new Set<string>();

  /** Keys of their manifests. */
  get keys(): string[] {
    const isLeftOut = ({ by }: Verdicts) =>
      by.size > 1 || [...by].some((bootId) => !this.#doubted.has(bootId));
    return [...this.#verdicts].filter(([, verdicts]) => isLeftOut(verdicts)).map(([key]) => key);
  }

  /** @param bootId of the backend that says so; undefined where that is not known. */
  note(key: string, tick: number, bootId = ''): void {
    const { by } = this.#verdicts.get(key) ?? { by: new Set() };
    this.#verdicts.set(key, { tick, by: by.add(bootId) });
  }

  /** Those that only this backend has called unreadable: their ticks, by key. */
  calledOnlyBy(bootId: string): Map<string, number> {
    const own = [...this.#verdicts].filter(([, { by }]) => by.size === 1 && by.has(bootId));
    return new Map(own.map(([key, { tick }]) => [key, tick]));
  }

  isDoubted(bootId: string): boolean {
    return this.#doubted.has(bootId);
  }

  /** Its word counts, or will: it is asked again because the others have not managed without it for so long. */
  isTrusted(bootId: string, nowMs: number): boolean {
    const doubtedMs = this.#doubted.get(bootId);
    return this.#trusted.has(bootId) || (doubtedMs !== undefined && nowMs - doubtedMs >= DOUBT_MS);
  }

  /** What only this backend has said, or will say, does not count. */
  doubt(bootId: string, nowMs: number): void {
    if (!this.#doubted.has(bootId)) this.#doubted.set(bootId, nowMs);
  }

  /** It counts for good: nobody else is there to be asked. */
  trust(bootId: string): void {
    this.#doubted.delete(bootId);
    this.#trusted.add(bootId);
  }

  /** The same of all that are doubted; answers whether there are any. */
  trustAll(): boolean {
    const doubted = [...this.#doubted.keys()];
    for (const bootId of doubted) this.trust(bootId);
    return doubted.length > 0;
  }
}
