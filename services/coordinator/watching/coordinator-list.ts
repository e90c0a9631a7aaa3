import type { Log } from '../../platform/observability/log.ts';
import type { Registry } from '../../platform/registry/registry.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { isDoneWithin } from '../../platform/runtime/deadline.ts';
import { originOf, type RegistryEntry } from '../../protocol/wire/registry-entry.ts';

/** A list that is older is read again, while it is still shown. */
const FRESH_MS = 2_000;
/** One that is older is not shown before it is read again, */
const STALE_MS = 10_000;
/** … or before that has taken so long. */
const PATIENCE_MS = 2_000;

/**
 * The coordinators of the registry, as they are shown. A page that looks at the colony several times a second
 * does not wait for the registry: on a machine whose processors are busy that takes longer than all else.
 */
export class CoordinatorList {
  readonly #options: { registry: Pick<Registry, 'list'>; clock: Clock; log: Log };
  #known: { entries: RegistryEntry[]; readMs: number } | undefined;
  #reading: { done: Promise<unknown>; sinceMs: number } | undefined;

  constructor(options: { registry: Pick<Registry, 'list'>; clock: Clock; log: Log }) {
    this.#options = options;
  }

  /** What could be read last; none if nothing ever could. */
  async entries(): Promise<RegistryEntry[]> {
    const nowMs = this.#options.clock.nowMs();
    const ageMs = nowMs - (this.#known?.readMs ?? Number.NEGATIVE_INFINITY);
    // A reading that hangs does not keep others from being tried.
    const isUnderWay = this.#reading !== undefined && nowMs - this.#reading.sinceMs < STALE_MS;
    if (ageMs >= FRESH_MS && !isUnderWay) this.#startReading(nowMs);
    if (ageMs >= STALE_MS) await this.#patiently(this.#reading?.done);
    return this.#known?.entries ?? [];
  }

  #startReading(sinceMs: number): void {
    const reading = { done: this.#read(), sinceMs };
    this.#reading = reading;
    void reading.done.finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
  }

  async #patiently(reading: Promise<unknown> | undefined): Promise<void> {
    if (reading !== undefined) await isDoneWithin(this.#options.clock, PATIENCE_MS, reading);
  }

  async #read(): Promise<void> {
    const { registry, clock, log } = this.#options;
    try {
      const entries = newestOfAddress(await registry.list('coordinators'));
      this.#known = { entries, readMs: clock.nowMs() };
    } catch (err) {
      log.warn({ err }, 'the coordinators could not be listed');
    }
  }
}

/**
 * One entry for each address. Only one process can listen at an address, so of several entries all but the
 * newest were left by processes that were killed there; the clock of that machine wrote all their times.
 */
function newestOfAddress(entries: readonly RegistryEntry[]): RegistryEntry[] {
  const newest = new Map<string, RegistryEntry>();
  for (const entry of entries) {
    const origin = originOf(entry.address, entry.httpPort);
    const other = newest.get(origin);
    if (other === undefined || other.startedAt < entry.startedAt) newest.set(origin, entry);
  }
  return [...newest.values()];
}
