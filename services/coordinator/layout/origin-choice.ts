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
import { UnreadableCheckpoints } from './unreadable-checkpoints.ts';

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
  /** The backend: others can read what it cannot. It is not to be tried again for a while. */
  | 'unfit'
  /** Nobody: the others cannot hold the world without a backend that is left out. All are to be tried again. */
  | 'needed'
  /** Nobody: it is tried again. */
  | 'none';

/**
 * Chooses where one recovery starts the world. What can never be read is left out for good, unless it turns out to be
 * one backend that cannot read. While a store is away it is waited for; where it answers, and lacks one object of a
 * checkpoint for long, the checkpoint before is taken as long as there is one. Genesis is for what can never be read.
 */
export class OriginChoice {
  readonly #options: OriginChoiceOptions;
  readonly #failures: LastingFailures;
  readonly #unreadable = new UnreadableCheckpoints();
  /** Keys of manifests of which an object does not come, though the store answers. */
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

  /**
   * What it is put down to that a world could not be restored from an origin.
   *
   * @param fit boot ids of the backends that could be tried instead of one that fails.
   */
  async blame(
    origin: TopologyOrigin | undefined,
    error: unknown,
    fit: readonly string[] = [],
  ): Promise<Blame> {
    if (origin?.kind !== 'state' || origin.manifest === undefined) return 'backend';
    const { key } = origin.manifest;
    if (!(error instanceof ColonyError)) return 'backend';
    if (error.code === 'WORLD_TOO_LARGE' && this.#unreadable.trustAll()) return 'needed';
    const { bootId, key: missing } = error.extra;
    if (isCheckpointUnreadable(error)) {
      const reader = typeof bootId === 'string' ? bootId : undefined;
      const hasOthers = fit.some((one) => one !== reader);
      return this.#blameUnreadable({ tick: origin.tick, key }, error, reader, hasOthers);
    }
    if (!isStoreUnavailable(error)) return 'backend';
    // Its own stores are away.
    if (typeof bootId !== 'string') return 'none';
    const newest = await this.#reachable();
    if (newest === undefined) return 'none';
    if (manifestKeyOf(newest) !== key) return 'origin';
    // The leader has just read this one.
    if (missing === key) return this.#failures.note(bootId) ? 'unfit' : 'none';
    if (!this.#failures.note(key)) return 'none';
    return this.#passOver(origin.tick, key, error);
  }

  /**
   * Where others can take its shards, a backend is at fault that alone finds a second checkpoint unreadable, or the
   * last one: with bad memory, or another folder, it finds all of them so.
   */
  async #blameUnreadable(
    { tick, key }: { tick: number; key: string },
    error: ColonyError,
    bootId: string | undefined,
    hasOthers: boolean,
  ): Promise<Blame> {
    const before = await this.#reachable(key);
    if (before === undefined) return 'none';
    const unreadable = this.#unreadable;
    unreadable.note(key, tick, bootId);
    const nowMs = this.#options.clock.nowMs();
    const isTrusted = bootId !== undefined && (!hasOthers || unreadable.isTrusted(bootId, nowMs));
    if (isTrusted) unreadable.trust(bootId);
    if (isTrusted || bootId === undefined || !this.#isAtFault(bootId, key, before)) {
      this.#say(tick, error);
      return 'origin';
    }
    unreadable.doubt(bootId, nowMs);
    const ticks = [...unreadable.calledOnlyBy(bootId).values()];
    const what = 'only one backend cannot read these checkpoints: it is at fault, not they';
    this.#options.log.error({ bootId, ticks, reason: messageOf(error) }, what);
    return 'unfit';
  }

  #isAtFault(bootId: string, key: string, before: TopologyOrigin): boolean {
    const alone = this.#unreadable.calledOnlyBy(bootId);
    if (!alone.has(key)) return false;
    return alone.size > 1 || before.kind === 'genesis' || this.#unreadable.isDoubted(bootId);
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
    const all = new Set([...this.#unreadable.keys, ...this.#passedOver, ...without]);
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
