import type { Log } from '../../platform/observability/log.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { TopologyOrigin } from '../../protocol/colony/origin.ts';
import {
  ColonyError,
  isCheckpointUnreadable,
  isStoreUnavailable,
  messageOf,
} from '../../protocol/common/errors.ts';
import { LastingFailures } from '../checkpoints/lasting-failures.ts';

export interface OriginChoiceOptions {
  /**
   * Where the world can start: the newest checkpoint, or genesis.
   *
   * @param without keys of manifests that cannot be restored.
   * @throws ColonyError STORE_UNAVAILABLE
   */
  newestOrigin: (without: ReadonlySet<string>) => Promise<TopologyOrigin>;
  clock: Clock;
  log: Log;
}

/** What a failure to restore a world is put down to. */
export type Blame =
  /** The checkpoint: another origin is to be chosen. */
  | 'origin'
  /** The backend, that fails in a way of its own. */
  | 'backend'
  /** The backend: it has not read for long what its leader can read. */
  | 'unreaching'
  /** Nobody: it is tried again. */
  | 'none';

/**
 * Chooses where one recovery starts the world. What can never be read is left out for good. While a store is away
 * it is waited for; where it answers, and lacks one object of a checkpoint for long, the checkpoint before is taken as
 * long as there is one. Genesis is for what can never be read.
 */
export class OriginChoice {
  readonly #options: OriginChoiceOptions;
  readonly #failures: LastingFailures;
  /** Keys of manifests. */
  readonly #unreadable = new Set<string>();
  /** Those of which an object does not come, though the store answers. */
  readonly #passedOver = new Set<string>();

  constructor(options: OriginChoiceOptions) {
    this.#options = options;
    this.#failures = new LastingFailures(options.clock);
  }

  /** @throws ColonyError STORE_UNAVAILABLE */
  async choose(): Promise<TopologyOrigin> {
    const origin = await this.#newest();
    if (origin.kind === 'state' || this.#passedOver.size === 0) return origin;
    const { log } = this.#options;
    log.warn({}, 'no checkpoint can be restored at the moment; it begins again with the newest');
    this.#passedOver.clear();
    this.#failures.forget();
    return this.#newest();
  }

  /** What it is put down to that a world could not be restored from an origin. */
  async blame(origin: TopologyOrigin | undefined, error: unknown): Promise<Blame> {
    if (origin?.kind !== 'state' || origin.manifest === undefined) return 'backend';
    const { key } = origin.manifest;
    if (isCheckpointUnreadable(error)) {
      this.#unreadable.add(key);
      this.#say(origin.tick, error);
      return 'origin';
    }
    if (!(error instanceof ColonyError) || !isStoreUnavailable(error)) return 'backend';
    const { bootId, key: missing } = error.extra;
    // Its own stores are away.
    if (typeof bootId !== 'string') return 'none';
    const newest = await this.#reachable();
    if (newest === undefined) return 'none';
    if (manifestKeyOf(newest) !== key) return 'origin';
    // The leader has just read this one.
    if (missing === key) return this.#failures.note(bootId) ? 'unreaching' : 'none';
    if (!this.#failures.note(key)) return 'none';
    return this.#passOver(origin.tick, key, error);
  }

  async #passOver(tick: number, key: string, error: unknown): Promise<Blame> {
    const before = await this.#reachable(key);
    if (before === undefined) return 'none';
    // Without any before, nothing is gained where this is the newest.
    if (before.kind === 'genesis' && this.#passedOver.size === 0) return 'none';
    this.#passedOver.add(key);
    if (before.kind === 'state') this.#say(tick, error);
    return 'origin';
  }

  /** The newest origin; undefined while the store is away: what failed meanwhile says nothing. */
  async #reachable(...without: string[]): Promise<TopologyOrigin | undefined> {
    try {
      return await this.#newest(...without);
    } catch {
      this.#failures.forget();
      return undefined;
    }
  }

  #newest(...without: string[]): Promise<TopologyOrigin> {
    const all = new Set([...this.#unreadable, ...this.#passedOver, ...without]);
    return this.#options.newestOrigin(all);
  }

  #say(tick: number, error: unknown): void {
    const reason = messageOf(error);
    const what = `the checkpoint of tick ${tick} cannot be restored; the one before is used`;
    this.#options.log.error({ reason }, what);
  }
}

const manifestKeyOf = (origin: TopologyOrigin): string | undefined =>
  origin.kind === 'state' ? origin.manifest?.key : undefined;
