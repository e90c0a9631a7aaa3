import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecordStore } from '../../platform/record/colony-record-store.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import type { ClusterWork } from '../layout/cluster-work.ts';
import type { LiveBackend } from '../layout/discovery.ts';
import { isPlanFor } from '../layout/topology-plan.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import type { Work } from '../term/work.ts';
import { wantedGrant } from '../ticking/horizon.ts';

export interface StarterOptions {
  cluster: ClusterWork;
  store: ColonyRecordStore;
  clock: Clock;
  log: Log;
  hook: StageHook;
  startTimeoutMs: number;
  /** A start waits for so many backends. */
  minBackends: number;
  heartbeatIntervalMs: number;
}

const RETRY_MS = 250;

/** How far one generation's start is, from the first look of this leader on. */
interface Progress {
  generation: number;
  /** The most shards that were laid at once. */
  shardsLaid: number;
  deadlineMs: number;
}

/**
 * Initialising: takes a claimed colony to TopographyInitialized, or back to NotInitialized when it
 * makes no progress before the deadline. Everything it does may have been done before by a former
 * leader, wholly or in part.
 */
export class Starter {
  readonly #o: StarterOptions;
  #progress: Progress | undefined;

  constructor(options: StarterOptions) {
    this.#o = options;
  }

  /** @param say what is being done, in one line. */
  async start(work: Work, say: (detail: string) => void): Promise<void> {
    const { clock, log, startTimeoutMs } = this.#o;
    const { generation } = work;
    if (this.#progress?.generation !== generation) {
      this.#progress = { generation, shardsLaid: 0, deadlineMs: clock.nowMs() + startTimeoutMs };
    }
    const progress = this.#progress;
    for (;;) {
      try {
        return await this.#attempt(work, progress, say);
      } catch (error) {
        work.check();
        const reason = error instanceof ColonyError ? error : undefined;
        const hopeless = reason?.code === 'ENGINE_VERSION_MISMATCH';
        if (hopeless || clock.nowMs() + RETRY_MS >= progress.deadlineMs)
          return this.#fail(work, error);
        log.info({ reason: messageOf(error) }, 'the start is not done yet; trying again');
        say(messageOf(error));
        await clock.sleep(RETRY_MS, work.signal).catch(() => {});
      }
    }
  }

  async #attempt(work: Work, progress: Progress, say: (detail: string) => void): Promise<void> {
    const { cluster, store, clock, hook, log, heartbeatIntervalMs, startTimeoutMs } = this.#o;
    const stored = await cluster.loadSpec(work.record);
    if (stored.engineVersion !== ENGINE_VERSION) {
      throw new ColonyError(
        'ENGINE_VERSION_MISMATCH',
        `engine version ${stored.engineVersion} claimed it, this is ${ENGINE_VERSION}`,
      );
    }
    say('discovering backends');
    const backends = await this.#enoughBackends(work);
    say(`laying ${stored.spec.width} x ${stored.spec.height} cells on ${backends.length} backends`);
    const topology =
      (await this.#plannedTopology(work, backends)) ??
      (await cluster.pointAtNextTopology(work, stored, backends));
    await cluster.layOut(work, stored, topology, (shardsLaid, detail) => {
      // Only what was never reached before: a backend that fails again and again is no progress.
      if (shardsLaid > progress.shardsLaid) {
        progress.shardsLaid = shardsLaid;
        progress.deadlineMs = clock.nowMs() + startTimeoutMs;
      }
      say(detail);
    });
    work.check();
    const { ticksPerSecond } = work.record;
    const pace = { maxTick: 0, ticksPerSecond, achievedTicksPerSecond: 0 };
    const horizon = wantedGrant(pace, heartbeatIntervalMs);
    const result = await atStage(hook, 'complete', () => store.complete(work.storeTerm, horizon));
    if (result.ok) {
      log.info(
        { colonyInstanceId: topology.colonyInstanceId, generation: work.generation },
        'colony started: TopographyInitialized',
      );
    } else {
      log.warn({ status: result.record.status }, 'the start was overtaken: nothing is completed');
    }
  }

  async #enoughBackends(work: Work): Promise<LiveBackend[]> {
    const backends = await this.#o.cluster.discover(work);
    if (backends.length < this.#o.minBackends) {
      throw new ColonyError(
        'NO_BACKENDS',
        `${backends.length} of ${this.#o.minBackends} backends are there`,
      );
    }
    return backends;
  }

  /**
   * Goes on with what this or a former leader planned, if it is for just these backends. Another
   * one that has come since may be what a start that fails for want of memory needs.
   */
  async #plannedTopology(
    work: Work,
    backends: readonly LiveBackend[],
  ): Promise<Topology | undefined> {
    const planned = await this.#o.cluster.loadTopology(work.record);
    return planned !== undefined && isPlanFor(planned, backends) ? planned : undefined;
  }

  async #fail(work: Work, error: unknown): Promise<void> {
    const { store, clock, log, hook } = this.#o;
    const { startKey } = work.record;
    const code = error instanceof ColonyError ? error.code : 'INTERNAL';
    const reason = error instanceof Error ? error.message : String(error);
    log.error({ code, reason, err: error }, 'the colony start failed');
    const at = clock.wallTime();
    const failure = { key: startKey ?? '', code, reason, at, generation: work.generation };
    await atStage(hook, 'fail', () => store.fail(work.storeTerm, failure));
  }
}
