import type { BackendTasks } from '../../platform/compute/backend-tasks.ts';
import type { Log } from '../../platform/observability/log.ts';
import { type Tracing, tracedPart } from '../../platform/observability/tracing.ts';
import { processGone } from '../../platform/rpc/process-gone.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import { TransportError } from '../../platform/rpc/transport.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { unlessAborted } from '../../platform/runtime/deadline.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import type { TopologyOrigin } from '../../protocol/colony/origin.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import type { Topology, TopologyBackend } from '../../protocol/layout/topology.ts';
import { ownersOf } from '../../protocol/layout/topology.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import { NO_TROUBLE_NEWS, type TroubleNews } from '../troubles/troubles.ts';
import type { ColonyLayout } from './colony-layout.ts';
import type { LiveBackend } from './discovery.ts';
import { OriginChoice } from './origin-choice.ts';
import { isPlanFor } from './topology-plan.ts';
import { TooFewBackends, waitingText } from './waiting.ts';

export interface RecoveryOptions {
  layout: Pick<ColonyLayout, 'discover' | 'publishTopology' | 'initializeShards'>;
  rpc: RpcCalls;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  /** A backend that has not answered for so long is gone. */
  suspectMs: number;
  /** Asked of those that are silent: one whose task has stopped is gone at once. */
  tasks: Pick<BackendTasks, 'whyGone'>;
  /** How long to wait for replacements of lost backends before their shards go to others. */
  replacementWaitMs: number;
  minBackends: number;
  /** Told of recoveries. @default nobody is */
  tracing?: Tracing | undefined;
  /** Told of what is wrong with backends. @default nobody is */
  troubles?: TroubleNews | undefined;
  /**
   * Where the world can start: the newest checkpoint, or genesis.
   *
   * @param without keys of manifests that cannot be restored.
   */
  newestOrigin: (scope: ColonyScope, without: ReadonlySet<string>) => Promise<TopologyOrigin>;
}

const ASK_AGAIN = { firstMs: 250, mostMs: 500 };
const RECOVER_AGAIN = { firstMs: 250, mostMs: 2_000 };
/** A backend that cannot take its shards so often gets none for a while, where others are there. */
const FAILURES_MAX = 3;
const UNFIT_MS = 600_000;

/** Brings a started colony's shards back onto living backends. */
export class Recovery {
  readonly #options: RecoveryOptions;
  /** Until when backends get no shards, by boot id. */
  readonly #unfitUntilMs = new Map<string, number>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /**
   * Raises the epoch on every backend of a topology and asks whether it still holds its shards. If all
   * do, the colony goes on without a rollback.
   */
  async allHold(scope: ColonyScope, topology: Topology): Promise<boolean> {
    const held = await Promise.all(
      ownersOf(topology).map((backend) => this.#holds(scope, topology, backend)),
    );
    return held.every(Boolean);
  }

  async #holds(scope: ColonyScope, topology: Topology, backend: TopologyBackend): Promise<boolean> {
    const { rpc, clock, log, suspectMs, tasks } = this.#options;
    const giveUpMs = clock.nowMs() + suspectMs;
    const gone = (reason: string) => {
      log.info({ backend: backend.id, reason }, 'a backend is gone');
      return false;
    };
    let stopped: string | undefined;
    const backoff = new Backoff(this.#options, ASK_AGAIN);
    const target = { origin: backend.address, bootId: backend.bootId };
    for (;;) {
      scope.check();
      try {
        const fence = scope.fence(topology.topologyVersion);
        const { colony } = await rpc.call('ping', target, fence, {});
        return (
          colony?.generation === topology.generation &&
          colony.topologyVersion === topology.topologyVersion &&
          colony.shardsInitialized
        );
      } catch (error) {
        // Only silence is ambiguous: a paused process may yet come back.
        const silent = error instanceof TransportError && error.reason !== 'refused';
        if (!silent || clock.nowMs() >= giveUpMs) {
          return gone(processGone(error) ?? messageOf(error));
        }
        // The answer is not waited for: it counts once it is there.
        void tasks.whyGone(backend.bootId).then((reason) => {
          stopped ??= reason;
        });
        await backoff.pause(scope.signal);
        if (stopped !== undefined) return gone(stopped);
      }
    }
  }

  /** Whether a backend could not take shards a while ago: a world should not be moved for it. */
  isUnfit(bootId: string): boolean {
    return this.#options.clock.nowMs() < (this.#unfitUntilMs.get(bootId) ?? 0);
  }

  /**
   * Gives all shards to the backends that are there: the next topology, from the newest checkpoint whose
   * cells can be read, or from genesis. Backends that are to end get none, and learn that they hold none any more.
   *
   * @param wantedBackends are waited for a while; any that are there are enough for a move.
   */
  async recover(
    scope: ColonyScope,
    stored: StoredSpec,
    wantedBackends: number | 'any',
    say: (detail: string) => void,
  ): Promise<Topology> {
    const { layout, clock, log, replacementWaitMs, minBackends, newestOrigin, tracing } =
      this.#options;
    const enough =
      wantedBackends === 'any'
        ? 1
        : (scope.record.wantedBackends ?? Math.max(wantedBackends, minBackends));
    const replacedByMs = clock.nowMs() + replacementWaitMs;
    const backoff = new Backoff(this.#options, RECOVER_AGAIN);
    const choice = new OriginChoice({
      newestOrigin: (without) => unlessAborted(newestOrigin(scope, without), scope.signal),
      ...{ clock, log },
    });
    const failures = new Map<string, number>();
    let planned: Topology | undefined;
    let fit: readonly LiveBackend[] = [];
    for (;;) {
      scope.check();
      try {
        const found = await layout.discover(scope);
        fit = this.#fit(staying(found));
        const backends = fit;
        if (backends.length === 0 || (backends.length < enough && clock.nowMs() < replacedByMs)) {
          throw new TooFewBackends(backends.length, enough);
        }
        if (planned === undefined || !isPlanFor(planned, backends)) {
          const choose = () => choice.choose();
          const origin = await tracedPart(tracing, 'choose origin', {}, choose);
          const from = originText(origin);
          log.info({ backends: backends.length }, `the world starts again from ${from}`);
          say(`starting the world from ${from} on ${backends.length} backends`);
          planned = await layout.publishTopology(scope, stored, backends, origin);
        }
        // Those that are to end wait no longer than their leader is silent: others may take longer to be filled.
        await Promise.all([
          this.#dismiss(scope, planned, found),
          layout.initializeShards(scope, stored, planned, (_, detail) => say(detail)),
        ]);
        return planned;
      } catch (error) {
        scope.check();
        say(waitingText(error));
        this.#tell(error, fit);
        const blame = await choice.blame(
          planned?.origin,
          error,
          fit.map(({ bootId }) => bootId),
        );
        if (blame === 'origin') {
          planned = undefined;
          continue;
        }
        if (blame === 'needed') this.#unfitUntilMs.clear();
        else if (blame !== 'none') this.#note(error, failures, blame === 'unfit');
        log.info({ reason: messageOf(error) }, 'not recovered yet; trying again');
        await backoff.pause(scope.signal);
      }
    }
  }

  /** Those that can take shards, as far as is known; all of them, where none can. */
  #fit(backends: readonly LiveBackend[]): readonly LiveBackend[] {
    const fit = backends.filter(({ bootId }) => !this.isUnfit(bootId));
    if (fit.length > 0) return fit;
    this.#unfitUntilMs.clear();
    return backends;
  }

  /** @param isUnfit it need not fail again to be left out */
  #note(error: unknown, failures: Map<string, number>, isUnfit: boolean): void {
    const bootId = error instanceof ColonyError ? error.extra['bootId'] : undefined;
    if (typeof bootId !== 'string') return;
    const count = (failures.get(bootId) ?? 0) + 1;
    failures.set(bootId, count);
    if (count < FAILURES_MAX && !isUnfit) return;
    failures.delete(bootId);
    const { clock, log } = this.#options;
    for (const other of this.#unfitUntilMs.keys()) {
      if (!this.isUnfit(other)) this.#unfitUntilMs.delete(other);
    }
    this.#unfitUntilMs.set(bootId, clock.nowMs() + UNFIT_MS);
    log.warn({ bootId, reason: messageOf(error) }, 'a backend gets no shards for a while');
  }

  #tell(error: unknown, backends: readonly LiveBackend[]): void {
    if (!(error instanceof ColonyError)) return;
    const { code, message: detail, extra } = error;
    const backend = backends.find(({ bootId }) => bootId === extra['bootId']);
    const { troubles = NO_TROUBLE_NEWS } = this.#options;
    if (backend !== undefined) troubles.note(backend.id, { code, detail, tick: undefined });
  }

  /** Lets those that have no shards any more know it: they may be waiting for that to end. */
  async #dismiss(
    scope: ColonyScope,
    { topologyVersion, backends }: Topology,
    found: readonly LiveBackend[],
  ): Promise<void> {
    const holding = new Set(backends.map(({ bootId }) => bootId));
    const dismissed = found.filter(({ bootId }) => !holding.has(bootId));
    await Promise.all(
      dismissed.map(async (backend) => {
        scope.check();
        const call = this.#options.rpc.call('ping', backend, scope.fence(topologyVersion), {});
        await call.catch(() => undefined);
      }),
    );
  }
}

/** The backends that are not to end. */
const staying = (found: readonly LiveBackend[]): LiveBackend[] =>
  found.filter(({ status }) => !status.draining);

const originText = (origin: TopologyOrigin): string =>
  origin.kind === 'genesis' ? 'genesis' : `the checkpoint of tick ${origin.tick}`;
