import type { BackendTasks } from '../../platform/compute/backend-tasks.ts';
import type { BackendCompute } from '../../platform/compute/compute.ts';
import type { Log } from '../../platform/observability/log.ts';
import type { Registry } from '../../platform/registry/registry.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { RegistryEntry, Role } from '../../protocol/wire/registry-entry.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import { type Failing, isStale, observeEntry, type Sight } from './stale-entry.ts';

export interface SweeperOptions {
  registry: Registry;
  compute: BackendCompute;
  clock: Clock;
  log: Log;
  /** The boot id of this coordinator, whose own entry is left alone. */
  selfBootId: string;
  /** Whether a backend answered this leader a moment ago, so that it need not be probed. */
  isKnownAlive: (bootId: string) => boolean;
  look: (role: Role, entry: RegistryEntry) => Promise<Sight>;
  /** Told in each round what backends are registered, before any entry is removed. */
  tasks: Pick<BackendTasks, 'know'>;
}

const SWEEP_EVERY_MS = 30_000;
/** The parameter store takes a few deletions a second; the rest are left for the next round. */
const REMOVALS_MAX = 10;
const SWEEP_ON_AFTER_MS = 5_000;
/** At most so many calls at once, to processes that may not answer for seconds. */
const LOOKS_MAX = 64;

const ROLES: readonly Role[] = ['backends', 'coordinators'];

/**
 * Removes registry entries of dead processes, for a process that was killed could not remove its own. A
 * live process that was taken for dead writes its entry again.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #failing = new Map<string, Failing>();
  #aliveBackends: number | undefined;

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** How many backends were alive at the last round; undefined before the first. */
  get aliveBackends(): number | undefined {
    return this.#aliveBackends;
  }

  /** Sweeps until the term is over. */
  async run(term: LeaderTerm): Promise<void> {
    const { clock, log } = this.#options;
    this.#failing.clear();
    this.#aliveBackends = undefined;
    while (term.mayAct) {
      let isDone = true;
      try {
        isDone = await this.sweep(term);
      } catch (error) {
        if (term.mayAct) log.info({ reason: messageOf(error) }, 'the registry is not swept');
      }
      const waitMs = isDone ? SWEEP_EVERY_MS : SWEEP_ON_AFTER_MS;
      await clock.sleep(waitMs, term.signal).catch(() => {});
    }
  }

  /** One round; returns false if dead entries are left. */
  async sweep(term: LeaderTerm): Promise<boolean> {
    const { registry, compute, clock, selfBootId, tasks } = this.#options;
    const suspects: { role: Role; entry: RegistryEntry; failing: Failing }[] = [];
    const registered = new Set<string>();
    for (const role of ROLES) {
      const entries = (await registry.list(role)).filter(({ bootId }) => bootId !== selfBootId);
      if (role === 'backends') tasks.know(entries);
      const failing = await this.#lookAtAll(term, role, entries);
      for (const { bootId } of entries) registered.add(bootId);
      suspects.push(...failing);
      if (role === 'backends') this.#aliveBackends = entries.length - failing.length;
    }
    for (const bootId of this.#failing.keys()) {
      if (!registered.has(bootId)) this.#failing.delete(bootId);
    }
    const states = await compute.statesOf(suspects.flatMap(({ entry }) => entry.taskArn ?? []));
    const nowMs = clock.nowMs();
    const stale = suspects.filter(({ entry, failing }) =>
      isStale(failing, entry.taskArn === undefined ? undefined : states.get(entry.taskArn), nowMs),
    );
    for (const { role, entry } of stale.slice(0, REMOVALS_MAX))
      await this.#remove(term, role, entry);
    return stale.length <= REMOVALS_MAX;
  }

  async #lookAtAll(term: LeaderTerm, role: Role, entries: readonly RegistryEntry[]) {
    const failing: { role: Role; entry: RegistryEntry; failing: Failing }[] = [];
    for (let from = 0; from < entries.length; from += LOOKS_MAX) {
      // The registry, or those who were looked at before, may have taken longer than the lease.
      term.assertActing();
      const looks = entries.slice(from, from + LOOKS_MAX).map(async (entry) => {
        const { bootId } = entry;
        const isKnown = role === 'backends' && this.#options.isKnownAlive(bootId);
        const sight = isKnown ? 'alive' : await this.#options.look(role, entry);
        const now = observeEntry(this.#failing.get(bootId), sight, this.#options.clock.nowMs());
        if (now === undefined) this.#failing.delete(bootId);
        else {
          this.#failing.set(bootId, now);
          failing.push({ role, entry, failing: now });
        }
      });
      await Promise.all(looks);
    }
    return failing;
  }

  async #remove(term: LeaderTerm, role: Role, entry: RegistryEntry): Promise<void> {
    const { registry, log } = this.#options;
    const { id, bootId, address, taskArn } = entry;
    term.assertActing();
    await registry.remove(role, bootId);
    this.#failing.delete(bootId);
    log.info({ role, id, bootId, address, taskArn }, 'a stale registry entry is removed');
  }
}
