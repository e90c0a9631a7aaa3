import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { RpcClient } from '../../platform/rpc/rpc-client.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { DigestLog } from '../../platform/series/digest-log.ts';
import type { EventLog } from '../../platform/series/event-log.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { messageOf } from '../../protocol/common/errors.ts';
import type { Topology } from '../../protocol/layout/topology.ts';
import { ENGINE_VERSION } from '../../world/spec/spec.ts';
import { EventKeeper } from '../events/event-keeper.ts';
import type { ColonyLayout } from '../layout/colony-layout.ts';
import type { LiveBackend } from '../layout/discovery.ts';
import type { Recovery } from '../layout/recovery.ts';
import { releaseBackends } from '../layout/releaser.ts';
import type { Starter } from '../start/starter.ts';
import { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { LeaderTerm } from '../term/leader-term.ts';
import type { LeaderDuties } from '../term/leadership.ts';
import type { StageHook } from '../term/stages.ts';
import type { DrivenColony } from '../ticking/driven-colony.ts';
import { Grants } from '../ticking/grants.ts';
import { SampleStore, type Violation } from '../ticking/sample-store.ts';
import { Ticker, type TickerOptions } from '../ticking/ticker.ts';

export interface DriverOptions {
  store: ColonyRecords;
  digests: DigestLog;
  events: EventLog;
  rpc: RpcClient;
  layout: ColonyLayout;
  starter: Starter;
  recovery: Recovery;
  context: CoordinatorContext;
  clock: Clock;
  log: Log;
  hook: StageHook;
  ticker: Omit<TickerOptions, 'onViolation'>;
  heartbeatIntervalMs: number;
  beatIntervalMs: number;
  /** Sees to it that backends come, before they are looked for. @default they come by themselves */
  prepareStart?: (scope: ColonyScope) => Promise<void>;
}

/** What the leader is doing, for those who watch. */
export interface Activity {
  kind: 'waiting' | 'starting' | 'ticking' | 'recovering' | 'stopping' | 'refusing';
  detail: string | undefined;
}

const IDLE_LOOK_MS = 5_000;
const STOPPING_RETRY_MS = 500;
const ERROR_RETRY_MS = 1_000;

/**
 * The leader at work: looks at the record and does what its status asks for, until the record asks
 * for something else or the term is over. It holds no state that the record does not hold, beyond
 * pictures for those who watch: a next leader takes up exactly what it finds.
 */
export class Driver implements LeaderDuties {
  readonly #options: DriverOptions;
  #scope: ColonyScope | undefined;
  #activity: Activity = { kind: 'waiting', detail: undefined };
  #idleBackends: LiveBackend[] = [];
  #stored: StoredSpec | undefined;
  #grants: Grants | undefined;
  #ticker: Ticker | undefined;
  #keeper: EventKeeper | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  get activity(): Activity {
    return this.#activity;
  }

  /** Backends that are there while no colony runs. */
  get idleBackends(): readonly LiveBackend[] {
    return this.#idleBackends;
  }

  /** While a colony is driven: its spec, ticker and events, what was granted, what writes need. */
  get driving(): DrivenColony | undefined {
    const stored = this.#stored;
    const ticker = this.#ticker;
    const grants = this.#grants;
    const keeper = this.#keeper;
    const scope = this.#scope;
    if (!stored || !ticker || !grants || !keeper || !scope || scope.signal.aborted)
      return undefined;
    return { stored, ticker, grants, keeper, scope };
  }

  recordChanged(): void {
    this.#scope?.recordChanged();
    this.#keeper?.wake();
  }

  reservation(): { generation: number; horizon: number; urgent: boolean } | undefined {
    const driving = this.driving;
    if (driving === undefined) return undefined;
    const record = this.#options.context.storedInfo();
    const { horizon, urgent } = driving.grants.reservation(record, driving.ticker.progress);
    if (horizon <= record.horizon) return undefined;
    return { generation: driving.scope.generation, horizon, urgent };
  }

  async run(term: LeaderTerm): Promise<void> {
    const { context, log, clock } = this.#options;
    while (term.mayAct) {
      const scope = new ColonyScope(term, () => context.storedInfo());
      this.#scope = scope;
      try {
        await this.#perform(scope);
      } catch (error) {
        // Ended work is normal; whatever else went wrong is tried again from the record.
        if (scope.isActive) {
          log.error({ err: error }, 'the work of the leader failed; trying again');
          await clock.sleep(ERROR_RETRY_MS, scope.signal).catch(() => {});
        }
      } finally {
        this.#ticker = undefined;
        this.#grants = undefined;
        this.#stored = undefined;
        this.#keeper?.stop();
        this.#keeper = undefined;
      }
    }
    this.#scope = undefined;
    this.#activity = { kind: 'waiting', detail: undefined };
  }

  #perform(scope: ColonyScope): Promise<void> {
    switch (scope.record.status) {
      case 'NotInitialized':
        return this.#release(scope);
      case 'Initializing':
        return this.#start(scope);
      case 'TopographyInitialized':
        return this.#drive(scope);
    }
  }

  /** Keeps backends free of stopped colonies, and knows which ones are there. */
  async #release(scope: ColonyScope): Promise<void> {
    const { layout, rpc, log, clock } = this.#options;
    this.#report(scope.record.generation > 0 ? 'stopping' : 'waiting');
    for (;;) {
      const { backends, holding } = await releaseBackends({ layout, rpc, log }, scope);
      this.#idleBackends = backends;
      this.#report(holding > 0 ? 'stopping' : 'waiting');
      const pauseMs = holding > 0 ? STOPPING_RETRY_MS : IDLE_LOOK_MS;
      await clock.sleep(pauseMs, scope.signal);
    }
  }

  async #start(scope: ColonyScope): Promise<void> {
    this.#report('starting');
    await this.#options.prepareStart?.(scope);
    await this.#options.starter.start(scope, (detail) => this.#report('starting', detail));
    // The write that ended the start shows in the record by the next look at it.
    this.#options.context.initializeWithStoredInfo(await this.#options.store.read());
  }

  async #drive(scope: ColonyScope): Promise<void> {
    const { layout, recovery, log, context } = this.#options;
    const stored = await layout.loadSpec(scope.record);
    this.#stored = stored;
    if (stored.engineVersion !== ENGINE_VERSION) {
      const detail = `engine version ${stored.engineVersion} started this colony, this coordinator has ${ENGINE_VERSION}: it refuses to resume it`;
      log.error({ code: 'ENGINE_VERSION_MISMATCH' }, detail);
      this.#report('refusing', detail);
      return scope.untilEnded();
    }
    const grants = new Grants(scope.record, this.#options);
    this.#grants = grants;
    const keeper = new EventKeeper(this.#options, scope);
    await keeper.load();
    this.#keeper = keeper;
    void keeper.run();
    this.#report('waiting', 'looking whether the backends still hold the colony');
    let topology = await layout.loadTopology(scope.record);
    // What was reached before a rollback is run through again as fast as it goes: as far as is
    // known here, which for a new leader is what was stored, and where the colony was paused.
    const stoodAt = scope.record.paused ? (scope.record.runUntil ?? 0) : 0;
    const lastDigest = await this.#options.digests.last(scope.record.colonyInstanceId ?? '');
    let replayUntil = Math.max(stoodAt, lastDigest?.tick ?? 0);
    let held = topology !== undefined && (await recovery.allHold(scope, topology));
    for (;;) {
      if (topology === undefined || !held) {
        const wanted = topology?.backends.length ?? 1;
        this.#report('recovering');
        topology = await recovery.recover(scope, stored, wanted, (d) =>
          this.#report('recovering', d),
        );
        context.initializeWithStoredInfo(await this.#options.store.read());
      }
      const lost = await this.#tick(scope, stored, topology, { grants, keeper, replayUntil });
      held = false;
      replayUntil = Math.max(replayUntil, this.#ticker?.maxTick ?? 0);
      this.#report('recovering', `backend ${lost.backend.id} is lost: ${lost.reason}`);
    }
  }

  async #tick(
    scope: ColonyScope,
    stored: StoredSpec,
    topology: Topology,
    { grants, keeper, replayUntil }: { grants: Grants; keeper: EventKeeper; replayUntil: number },
  ) {
    const { digests, clock, log } = this.#options;
    const { colonyInstanceId, owners } = topology;
    const samples = new SampleStore({
      digests,
      clock,
      log,
      colonyInstanceId,
      shards: owners.length,
    });
    const onViolation = (violation: Violation | undefined) => this.#fail(scope, violation);
    const ticker = new Ticker(
      { ...this.#options.ticker, onViolation },
      { scope, topology, grants, book: keeper.book, samples, replayUntil },
    );
    this.#ticker = ticker;
    this.#report('ticking');
    log.info(
      { seed: stored.spec.seed, backends: topology.backends.length, replayUntil },
      'coordinator ticker started',
    );
    return ticker.run();
  }

  /** Stops the colony for good, keeping record and data, when two digests of one tick differ. */
  async #fail(scope: ColonyScope, violation: Violation | undefined): Promise<void> {
    if (violation === undefined || this.#grants === undefined) return;
    const { store, log, clock, context } = this.#options;
    const { tick, stored, measured } = violation;
    const reason = `digest of tick ${tick}: ${stored} is stored, ${measured} was measured`;
    const grants = this.#grants;
    log.error({ code: 'DETERMINISM_VIOLATION', ...violation }, reason);
    await grants.frozen(async () => {
      while (!scope.signal.aborted) {
        try {
          scope.check();
          const { record } = await store.setRun(scope.storeTerm, {
            fault: { code: 'DETERMINISM_VIOLATION', reason },
            paused: true,
            runUntil: grants.granted,
          });
          context.initializeWithStoredInfo(record);
          return;
        } catch (error) {
          log.warn({ reason: messageOf(error) }, 'the fault could not be recorded; trying again');
          await clock.sleep(ERROR_RETRY_MS, scope.signal).catch(() => {});
        }
      }
    });
  }

  #report(kind: Activity['kind'], detail?: string): void {
    this.#activity = { kind, detail };
  }
}
