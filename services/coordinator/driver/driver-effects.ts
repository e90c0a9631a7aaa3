import type { Log } from '../../platform/observability/log.ts';
import type { Tracing } from '../../platform/observability/tracing.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { RpcCalls } from '../../platform/rpc/rpc-client.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import type { DigestLog } from '../../platform/series/digest-log.ts';
import type { EventLog } from '../../platform/series/event-log.ts';
import type { DigestEntry } from '../../protocol/colony/sampling.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { EventKeeper } from '../events/event-keeper.ts';
import type { ColonyLayout } from '../layout/colony-layout.ts';
import type { Recovery } from '../layout/recovery.ts';
import { releaseBackends } from '../layout/releaser.ts';
import type { CoordinatorCount } from '../metrics/coordinator-metrics.ts';
import type { ClaimTraces } from '../start/claim-traces.ts';
import type { Starter } from '../start/starter.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { StageHook } from '../term/stages.ts';
import type { DrivenColony } from '../ticking/driven-colony.ts';
import { Grants } from '../ticking/grants.ts';
import type { TroubleNews } from '../troubles/troubles.ts';
import type { ColonyTrace } from './colony-trace.ts';
import type { DriverEffect, DriverEvent } from './driver-state.ts';
import { createTicking, type TickingOptions, tickOn } from './ticking.ts';

export interface DriverEffectsOptions extends TickingOptions {
  store: ColonyRecords;
  digests: DigestLog;
  events: EventLog;
  rpc: RpcCalls;
  layout: Pick<ColonyLayout, 'discover' | 'loadSpec' | 'loadTopology'>;
  starter: Pick<Starter, 'start'>;
  recovery: Pick<Recovery, 'allHold' | 'recover' | 'isUnfit'>;
  context: CoordinatorContext;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  hook: StageHook;
  heartbeatIntervalMs: number;
  beatIntervalMs: number;
  count?: CoordinatorCount | undefined;
  /** Told when no backend matters any more. @default nobody is */
  troubles?: Pick<TroubleNews, 'only'>;
  /** Told of starts and recoveries. @default nobody is */
  tracing?: Tracing | undefined;
  /** To which request a start belongs. */
  claims?: ClaimTraces;
  /** Sees to it that backends come, before they are looked for. @default they come by themselves */
  prepareStart?: (scope: ColonyScope) => Promise<void>;
}

const FAULT_RETRY = { firstMs: 250, mostMs: 5_000 };

/**
 * Carries out what next.ts decides, within one scope, and answers what came of it as an event. What the
 * effects share is kept here: grants and events of the colony, and the newest ticker.
 */
export class DriverEffects {
  readonly #options: DriverEffectsOptions;
  readonly #scope: ColonyScope;
  /** Takes events that come while an effect is carried out. */
  readonly #report: (event: DriverEvent) => Promise<void>;
  readonly #trace: ColonyTrace;
  #colony: Pick<DrivenColony, 'stored' | 'grants' | 'keeper'> | undefined;
  /** The last stored digest, as it was when the colony was loaded. */
  #lastDigest: DigestEntry | undefined;
  #ticking: ReturnType<typeof createTicking> | undefined;

  constructor(
    options: DriverEffectsOptions,
    scope: ColonyScope,
    report: (event: DriverEvent) => Promise<void>,
    trace: ColonyTrace,
  ) {
    this.#options = options;
    this.#scope = scope;
    this.#report = report;
    this.#trace = trace;
  }

  /** The colony that is driven, from its first tick in this scope on, as long as the scope lasts. */
  get driving(): DrivenColony | undefined {
    const scope = this.#scope;
    if (this.#colony === undefined || this.#ticking === undefined || scope.signal.aborted) {
      return undefined;
    }
    return { ...this.#colony, ...this.#ticking, scope };
  }

  recordChanged(): void {
    this.#scope.recordChanged();
    this.#colony?.keeper.wake();
  }

  /** Ends what goes on beside the effects. */
  close(): void {
    this.#colony?.keeper.stop();
  }

  /** Resolves with what came of an effect; throws why the scope ended, or what failed. */
  async carryOut(effect: DriverEffect): Promise<DriverEvent> {
    switch (effect.kind) {
      case 'release':
        return this.#release(effect.afterMs);
      case 'start':
        return this.#start();
      case 'loadSpec':
        return {
          kind: 'specLoaded',
          stored: await this.#options.layout.loadSpec(this.#scope.record),
        };
      case 'loadColony':
        return this.#loadColony(effect.stored);
      case 'inspect': {
        const areAllHeld = await this.#options.recovery.allHold(this.#scope, effect.topology);
        return { kind: 'inspected', areAllHeld };
      }
      case 'recover':
        return this.#recover(effect);
      case 'tick':
        return this.#tick(effect);
      case 'recordFault':
        return this.#recordFault(effect);
      case 'refuse':
        this.#options.log.error({ code: effect.code }, effect.detail);
        return this.#scope.untilEnded();
    }
  }

  async #release(afterMs: number): Promise<DriverEvent> {
    if (afterMs > 0) await this.#options.clock.sleep(afterMs, this.#scope.signal);
    return { kind: 'released', ...(await releaseBackends(this.#options, this.#scope)) };
  }

  async #start(): Promise<DriverEvent> {
    const { starter, prepareStart, claims } = this.#options;
    const { generation } = this.#scope;
    this.#trace.begin('colony start', { generation }, claims?.of(generation));
    const say = (detail: string) => void this.#report({ kind: 'progressed', detail });
    await this.#trace.part('prepare', {}, async () => prepareStart?.(this.#scope));
    await this.#trace.part('initialize', {}, () => starter.start(this.#scope, say));
    // The write that ended the start shows in the record by the next look at it.
    await this.#lookAtRecord();
    return { kind: 'startEnded' };
  }

  async #loadColony(stored: StoredSpec): Promise<DriverEvent> {
    const { layout, digests } = this.#options;
    const scope = this.#scope;
    const onLogged = () => this.#ticking?.ticker.nudge();
    const keeper = new EventKeeper({ ...this.#options, onLogged }, scope);
    await keeper.load();
    const record = await this.#settledRecord();
    const { term } = scope;
    const numbers = { epoch: term.epoch, nextNumber: () => term.nextGrantNumber() };
    const grants = new Grants(record, { ...this.#options, ...numbers });
    this.#colony = { stored, grants, keeper };
    void keeper.run();
    const topology = await layout.loadTopology(this.#scope.record);
    this.#lastDigest = await digests.last(record.colonyInstanceId ?? '');
    return {
      kind: 'colonyLoaded',
      stored,
      topology,
      lastDigestTick: this.#lastDigest?.tick ?? 0,
      pausedAtTick: record.paused ? (record.runUntil ?? 0) : 0,
    };
  }

  async #recover({
    stored,
    wantedBackends,
  }: DriverEffect & { kind: 'recover' }): Promise<DriverEvent> {
    const say = (detail: string) => void this.#report({ kind: 'progressed', detail });
    const { recovery } = this.#options;
    const topology = await this.#trace.part('place shards', {}, () =>
      recovery.recover(this.#scope, stored, wantedBackends, say),
    );
    await this.#lookAtRecord();
    return { kind: 'recovered', topology };
  }

  async #tick({
    stored,
    topology,
    replayUntil,
    isHeld,
  }: DriverEffect & { kind: 'tick' }): Promise<DriverEvent> {
    const colony = this.#colony;
    if (colony === undefined) throw new Error('ticking before the colony is loaded');
    this.#ticking = createTicking(this.#options, {
      ...{ scope: this.#scope, colony, topology, replayUntil, isHeld },
      lastDigest: this.#ticking?.digests.last ?? this.#lastDigest,
      checkpointed: this.#ticking?.checkpointer,
      onViolation: (violation) => this.#report({ kind: 'violationFound', violation }),
      trace: this.#trace.traceparent,
    });
    this.#options.log.info(
      { seed: stored.spec.seed, backends: topology.backends.length, replayUntil },
      'coordinator ticker started',
    );
    const ended = new AbortController();
    const followed = this.#trace.followToTicking(this.#ticking.ticker, ended.signal);
    try {
      return await tickOn(this.#ticking, this.#scope);
    } finally {
      ended.abort();
      await followed;
    }
  }

  /** Stops the colony for good, keeping record and data: grants nothing until that is written. */
  async #recordFault({
    code,
    reason,
    violation,
  }: DriverEffect & { kind: 'recordFault' }): Promise<DriverEvent> {
    const grants = this.#colony?.grants;
    if (grants === undefined) throw new Error('a fault of no colony');
    const { store, log, context } = this.#options;
    const scope = this.#scope;
    log.error({ code, ...violation }, reason);
    const backoff = new Backoff(this.#options, FAULT_RETRY);
    await grants.frozen(async () => {
      while (!scope.signal.aborted) {
        try {
          scope.check();
          const { record } = await store.setRun(scope.storeTerm, {
            fault: { code, reason },
            paused: true,
            runUntil: grants.granted,
          });
          context.initializeWithStoredInfo(record);
          return;
        } catch (error) {
          log.warn({ reason: messageOf(error) }, 'the fault could not be recorded; trying again');
          await backoff.pause(scope.signal);
        }
      }
    });
    return { kind: 'faultRecorded' };
  }

  /**
   * The record after a write of this scope: no write of an earlier scope that lowers what may have been
   * granted can go through any more.
   */
  async #settledRecord(): Promise<ColonyRecord> {
    const { store, context } = this.#options;
    const { record } = await store.settle(this.#scope.storeTerm);
    context.initializeWithStoredInfo(record);
    return this.#scope.record;
  }

  async #lookAtRecord(): Promise<void> {
    const { store, context } = this.#options;
    context.initializeWithStoredInfo(await store.read());
  }
}
