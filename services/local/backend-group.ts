import { LOCAL_BACKENDS_MAX } from './local-settings.ts';

/** One backend process of a launch. */
export interface BackendChild {
  /** From 1. */
  readonly number: number;
  /** Changes what its next start gets. */
  setEnv(env: NodeJS.ProcessEnv): void;
  /**
   * Lets it hand over what it holds and end, and never starts it again; resolves when it is gone: whether it
   * ended by itself, in time.
   */
  retire(): Promise<boolean>;
}

export interface BackendGroupOptions {
  /** Starts a process. */
  start(number: number, env: NodeJS.ProcessEnv): BackendChild;
  /** What each of so many gets of the machine. */
  envOf(backends: number): NodeJS.ProcessEnv;
  /** A line for people. */
  onLine(text: string): void;
}

/**
 * The backends of a launch: as many as are wanted, and those that were and still hand over. These keep
 * their numbers, and with them their logs, until they are gone.
 */
export class BackendGroup {
  readonly #options: BackendGroupOptions;
  /** By their numbers, rising. */
  #serving: BackendChild[] = [];
  readonly #leaving = new Set<BackendChild>();
  #wanted = 0;

  constructor(options: BackendGroupOptions) {
    this.#options = options;
  }

  /** Starts those that are missing, or retires those with the highest numbers. Repeating it does nothing. */
  scale(wanted: number): void {
    if (wanted === this.#wanted) return;
    const isFirst = this.#wanted === 0;
    this.#wanted = wanted;
    const before = this.#serving.length;
    const backends = Math.min(wanted, LOCAL_BACKENDS_MAX);
    if (!isFirst) this.#options.onLine(scalingText(before, wanted, backends));
    const env = this.#options.envOf(backends);
    // Those that run keep what they have: it is for their next start.
    for (const child of this.#serving.slice(0, backends)) child.setEnv(env);
    for (const child of this.#serving.splice(backends).reverse()) void this.#retire(child);
    while (this.#serving.length < backends) this.#start(env);
  }

  #start(env: NodeJS.ProcessEnv): void {
    const taken = new Set([...this.#serving, ...this.#leaving].map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number++;
    this.#serving.push(this.#options.start(number, env));
    this.#serving.sort((a, b) => a.number - b.number);
  }

  async #retire(child: BackendChild): Promise<void> {
    this.#leaving.add(child);
    const isInTime = await child.retire();
    this.#leaving.delete(child);
    const { onLine } = this.#options;
    const name = `backend ${child.number}`;
    if (isInTime) onLine(`${name} has ended: it is not wanted any more`);
    else onLine(`${name} is not wanted any more and took too long to end: it was killed`);
  }
}

function scalingText(before: number, wanted: number, backends: number): string {
  const text = `Scaling from ${before} to ${backends} ${backends === 1 ? 'backend' : 'backends'}`;
  return backends === wanted
    ? `${text}, as the colony was asked`
    : `${text}: the colony was asked for ${wanted}, and a launch has ${LOCAL_BACKENDS_MAX} at most`;
}
