import { z } from 'zod';
import type { Log } from '../platform/observability/log.ts';
import type { Registry } from '../platform/registry/registry.ts';
import type { Clock } from '../platform/runtime/clock.ts';
import { originOf, type RegistryEntry } from '../protocol/wire/registry-entry.ts';

/** A coordinator that answered, and whether it claims to lead. */
export interface CoordinatorSighting {
  id: string;
  origin: string;
  leads: boolean;
}

/** The fields of a coordinator's `/healthz` that are used. */
const healthSchema = z.object({ id: z.string().max(128), leads: z.boolean() });

const LOOK_EVERY_MS = 3_000;
/** The interval once a leader has been found. */
const LOOK_AGAIN_EVERY_MS = 15_000;

export interface CoordinatorWatchOptions {
  registry: Registry;
  /** Fetches the JSON at a URL; throws if there is none. */
  getJson: (url: string) => Promise<unknown>;
  clock: Clock;
  log: Log;
}

/**
 * Looks up the coordinators in the registry and asks them which one leads, for an entry is only a
 * hint. A backend does not act on the result. Its `/healthz` shows it, so that people can see whether
 * the two find each other.
 */
export class CoordinatorWatch {
  readonly #options: CoordinatorWatchOptions;
  #sighting: CoordinatorSighting | undefined;

  constructor(options: CoordinatorWatchOptions) {
    this.#options = options;
  }

  /** The one that leads, or else one that answers; undefined if none does. */
  get sighting(): CoordinatorSighting | undefined {
    return this.#sighting;
  }

  /** Looks again and again until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (err) {
        log.debug({ err }, 'The registry does not answer.');
      }
      const waitMs = this.#sighting?.leads ? LOOK_AGAIN_EVERY_MS : LOOK_EVERY_MS;
      await clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  /** Looks once. */
  async look(): Promise<void> {
    const before = this.#sighting;
    const found = (await this.#lookAgain(before)) ?? (await this.#find());
    this.#sighting = found;
    if (found === undefined || (before?.id === found.id && before.leads === found.leads)) return;
    this.#options.log.info({ ...found }, 'Found a coordinator.');
  }

  /** The leader of the last look, if it still leads: then the registry is not read at all. */
  async #lookAgain(last: CoordinatorSighting | undefined) {
    if (!last?.leads) return undefined;
    const now = await this.#ask(last.origin);
    return now?.leads ? now : undefined;
  }

  /** One that leads, or else one that answers. */
  async #find(): Promise<CoordinatorSighting | undefined> {
    let found: CoordinatorSighting | undefined;
    for (const { address, httpPort } of await this.#candidates()) {
      const sighting = await this.#ask(originOf(address, httpPort));
      if (sighting?.leads) return sighting;
      found ??= sighting;
    }
    return found;
  }

  /** The leader's entry first, then all that are registered. */
  async #candidates(): Promise<RegistryEntry[]> {
    const { registry } = this.#options;
    const [leader, all] = await Promise.all([registry.leader(), registry.list('coordinators')]);
    if (leader === undefined) return all;
    return [leader, ...all.filter(({ bootId }) => bootId !== leader.bootId)];
  }

  async #ask(origin: string): Promise<CoordinatorSighting | undefined> {
    try {
      const { id, leads } = healthSchema.parse(await this.#options.getJson(`${origin}/healthz`));
      return { id, origin, leads };
    } catch (err) {
      this.#options.log.debug({ origin, err }, 'A registered coordinator does not answer.');
      return undefined;
    }
  }
}
