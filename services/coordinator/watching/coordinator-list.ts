import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import type { Registry } from '../../platform/registry.ts';
import type { RegistryEntry } from '../../protocol/registry-entry.ts';

/** A list that is older is read again, while it is still shown. */
const FRESH_MS = 2_000;
/** One that is older is not shown before it is read again. */
const STALE_MS = 10_000;

/**
 * The coordinators of the registry, as they are shown. Whoever looks at the colony several times a second
 * does not wait for the registry: on a machine whose processors are busy that takes longer than all else.
 */
export class CoordinatorList {
  readonly #o: { registry: Pick<Registry, 'list'>; clock: Clock; log: Log };
  #known: { entries: RegistryEntry[]; readMs: number } | undefined;
  #reading: Promise<RegistryEntry[]> | undefined;

  constructor(options: { registry: Pick<Registry, 'list'>; clock: Clock; log: Log }) {
    this.#o = options;
  }

  /** What could be read last; none if nothing ever could. */
  async entries(): Promise<RegistryEntry[]> {
    const known = this.#known;
    const ageMs = this.#o.clock.nowMs() - (known?.readMs ?? Number.NEGATIVE_INFINITY);
    if (ageMs >= FRESH_MS) this.#reading ??= this.#read();
    return known !== undefined && ageMs < STALE_MS ? known.entries : (this.#reading ?? []);
  }

  async #read(): Promise<RegistryEntry[]> {
    const { registry, clock, log } = this.#o;
    try {
      this.#known = { entries: await registry.list('coordinators'), readMs: clock.nowMs() };
    } catch (err) {
      log.warn({ err }, 'the coordinators could not be listed');
    } finally {
      this.#reading = undefined;
    }
    return this.#known?.entries ?? [];
  }
}
