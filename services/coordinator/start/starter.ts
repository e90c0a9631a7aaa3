import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { GENESIS } from '../../world/events/origin.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { ColonyLayout } from '../layout/colony-layout.ts';
import type { LiveBackend } from '../layout/discovery.ts';
import { isPlanFor } from '../layout/topology-plan.ts';
import { TooFewBackends, waitingText } from '../layout/waiting.ts';
import type { CoordinatorCount } from '../metrics/coordinator-metrics.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import { wantedGrant } from '../ticking/horizon.ts';

export interface StarterOptions {
  layout: Pick<
    ColonyLayout,
    'discover' | 'loadSpec' | 'loadTopology' | 'publishTopology' | 'initializeShards'
  >;
  store: ColonyRecords;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  hook: StageHook;
  startTimeoutMs: number;
  /** A start waits until there are so many backends. */
  minBackends: number;
  /** A start that lacks memory waits until there are so many; further ones are not to be expected. */
  expectedBackends: number;
  heartbeatIntervalMs: number;
  count?: CoordinatorCount | undefined;
}

const RETRY = { firstMs: 250, mostMs: 1_000 };

/** How far the start of a generation has come since this leader first saw it. */
interface Progress {
  generation: number;
  /** The most shards that were initialised at once. */
  initializedShards: number;
  /** The backends that the last attempt found. */
  backends: number;
  deadlineMs: number;
}

/**
 * Carries a start out: takes a claimed colony to TopographyInitialized, or back to NotInitialized if it
 * makes no progress before the deadline. A former leader may have done any part of it already.
 */
export class Starter {
  readonly #options: StarterOptions;
  #progress: Progress | undefined;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** @param say told in one line what is being done. */
  async start(scope: ColonyScope, say: (detail: string) => void): Promise<void> {
    const { clock, log, startTimeoutMs } = this.#options;
    const { generation } = scope;
    if (this.#progress?.generation !== generation) {
      this.#progress = {
        generation,
        initializedShards: 0,
        backends: 0,
        deadlineMs: clock.nowMs() + startTimeoutMs,
      };
    }
    const progress = this.#progress;
    const backoff = new Backoff(this.#options, RETRY);
    for (;;) {
      try {
        return await this.#attempt(scope, progress, say);
      } catch (error) {
        scope.check();
        const reason = error instanceof ColonyError ? error : undefined;
        const isAllThere = progress.backends >= this.#options.expectedBackends;
        const hopeless =
          reason?.code === 'ENGINE_VERSION_MISMATCH' ||
          (reason?.code === 'WORLD_TOO_LARGE' && isAllThere);
        const pauseMs = backoff.nextMs();
        if (hopeless || clock.nowMs() + pauseMs >= progress.deadlineMs) {
          return this.#fail(scope, error);
        }
        log.info({ reason: messageOf(error) }, 'the start is not done yet; trying again');
        say(waitingText(error));
        await clock.sleep(pauseMs, scope.signal).catch(() => {});
      }
    }
  }

  async #attempt(
    scope: ColonyScope,
    progress: Progress,
    say: (detail: string) => void,
  ): Promise<void> {
    const { layout, store, clock, hook, log, heartbeatIntervalMs, startTimeoutMs } = this.#options;
    const stored = await layout.loadSpec(scope.record);
    if (stored.engineVersion !== ENGINE_VERSION) {
      throw new ColonyError(
        'ENGINE_VERSION_MISMATCH',
        `engine version ${stored.engineVersion} claimed it, this is ${ENGINE_VERSION}`,
      );
    }
    say('discovering backends');
    const backends = await this.#enoughBackends(scope);
    progress.backends = backends.length;
    say(
      `initializing ${stored.spec.width} x ${stored.spec.height} cells on ${backends.length} backends`,
    );
    const topology =
      (await this.#plannedTopology(scope, backends)) ??
      (await layout.publishTopology(scope, stored, backends, GENESIS));
    await layout.initializeShards(scope, stored, topology, (initializedShards, detail) => {
      // Only a new maximum counts: a backend that fails again and again is no progress.
      if (initializedShards > progress.initializedShards) {
        progress.initializedShards = initializedShards;
        progress.deadlineMs = clock.nowMs() + startTimeoutMs;
      }
      say(detail);
    });
    scope.check();
    const { ticksPerSecond } = scope.record;
    const pace = { maxTick: 0, ticksPerSecond, achievedTicksPerSecond: 0 };
    const horizon = wantedGrant(pace, heartbeatIntervalMs);
    const result = await atStage(hook, 'complete', () => store.complete(scope.storeTerm, horizon));
    this.#options.count?.('colony_starts_total', { outcome: result.ok ? 'started' : 'overtaken' });
    if (result.ok) {
      log.info(
        { colonyInstanceId: topology.colonyInstanceId, generation: scope.generation },
        'colony started: TopographyInitialized',
      );
    } else {
      log.warn({ status: result.record.status }, 'the start was overtaken: nothing is completed');
    }
  }

  async #enoughBackends(scope: ColonyScope): Promise<LiveBackend[]> {
    const backends = await this.#options.layout.discover(scope);
    if (backends.length < this.#options.minBackends) {
      throw new TooFewBackends(backends.length, this.#options.minBackends);
    }
    return backends;
  }

  /**
   * The topology that this or a former leader planned, if it is for exactly these backends. A backend
   * that has come since may be what a start that lacks memory needs.
   */
  async #plannedTopology(
    scope: ColonyScope,
    backends: readonly LiveBackend[],
  ): Promise<Topology | undefined> {
    const planned = await this.#options.layout.loadTopology(scope.record);
    return planned !== undefined && isPlanFor(planned, backends) ? planned : undefined;
  }

  async #fail(scope: ColonyScope, error: unknown): Promise<void> {
    const { store, clock, log, hook } = this.#options;
    const { startKey } = scope.record;
    const code = error instanceof ColonyError ? error.code : 'INTERNAL';
    const reason = error instanceof Error ? error.message : String(error);
    log.error({ code, reason, err: error }, 'the colony start failed');
    const at = clock.wallTime();
    const failure = { key: startKey ?? '', code, reason, at, generation: scope.generation };
    await atStage(hook, 'fail', () => store.fail(scope.storeTerm, failure));
    this.#options.count?.('colony_starts_total', { outcome: 'failed' });
  }
}
