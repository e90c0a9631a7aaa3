import type { Log } from '../../platform/observability/log.ts';
import type { RpcClient } from '../../platform/rpc/rpc-client.ts';
import { TransportError } from '../../platform/rpc/transport.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import { SAMPLES_MAX } from '../../protocol/colony/sampling.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import {
  ownersOf,
  shardsOf,
  type Topology,
  type TopologyBackend,
} from '../../protocol/layout/topology.ts';
import type { BackendStatus, HeartbeatReply } from '../../protocol/wire/rpc.ts';
import type { EventBook } from '../events/event-book.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import { atStage, type StageHook } from '../term/stages.ts';
import type { Grants } from './grants.ts';
import type { Progress } from './horizon.ts';
import { RateMeter } from './rate-meter.ts';
import type { SampleStore, Violation } from './sample-store.ts';

export interface TickerOptions {
  rpc: RpcClient;
  clock: Clock;
  log: Log;
  context: CoordinatorContext;
  hook: StageHook;
  heartbeatIntervalMs: number;
  /** A backend that does not answer for so long is lost. */
  suspectMs: number;
  /** Called once the samples end, with the determinism violation that ended them, if any. */
  onViolation(violation: Violation | undefined): Promise<void>;
}

/** What the ticker knows of one backend of the topology. */
export interface BackendPicture {
  backend: TopologyBackend;
  shards: number;
  status: BackendStatus | undefined;
  lastAnswerMs: number;
  suspect: boolean;
  started: boolean;
  /** StartTicking was refused or not answered, and will be tried again. */
  startFailed: boolean;
}

/** A backend that must be replaced, and why. */
export interface Lost {
  backend: TopologyBackend;
  reason: string;
}

const RECENT_MS = 1_500;
const START_RETRY_MIN_MS = 250;
const START_RETRY_MAX_MS = 5_000;

/**
 * The coordinator's ticker: started when the colony is TopographyInitialized, it tells every
 * backend to start ticking and then drives them by heartbeats, each backend in a loop of its own,
 * so that a slow one delays nobody's heartbeat but its own.
 */
export class Ticker {
  readonly topology: Topology;
  /** Ticks below this were reached before a rollback: they are replayed as fast as it goes. */
  readonly replayUntil: number;
  readonly samples: SampleStore;
  readonly #options: TickerOptions;
  readonly #scope: ColonyScope;
  readonly #grants: Grants;
  readonly #book: EventBook;
  readonly #pictures: BackendPicture[];
  /** What is shown, and what the next grants are planned by. */
  readonly #rate = new RateMeter();
  readonly #recentRate = new RateMeter(RECENT_MS);
  readonly #stop = new AbortController();
  #lost: Lost | undefined;

  constructor(
    options: TickerOptions,
    run: {
      scope: ColonyScope;
      topology: Topology;
      grants: Grants;
      book: EventBook;
      samples: SampleStore;
      replayUntil: number;
    },
  ) {
    this.#options = options;
    this.#scope = run.scope;
    this.topology = run.topology;
    this.#grants = run.grants;
    this.#book = run.book;
    this.samples = run.samples;
    this.replayUntil = run.replayUntil;
    this.#pictures = ownersOf(run.topology).map((backend) => ({
      backend,
      shards: shardsOf(run.topology, run.topology.backends.indexOf(backend)).length,
      status: undefined,
      lastAnswerMs: options.clock.nowMs(),
      suspect: false,
      started: false,
      startFailed: false,
    }));
  }

  get pictures(): readonly BackendPicture[] {
    return this.#pictures;
  }

  /** The least tick over all shards; undefined until every backend has answered once. */
  get tick(): number | undefined {
    let least = Number.POSITIVE_INFINITY;
    for (const { status } of this.#pictures) {
      if (status?.colony === undefined) return undefined;
      least = Math.min(least, status.colony.tick);
    }
    return least;
  }

  get maxTick(): number {
    return Math.max(0, ...this.#pictures.map(({ status }) => status?.colony?.tick ?? 0));
  }

  get achievedTicksPerSecond(): number | undefined {
    return this.#rate.ticksPerSecond();
  }

  get replaying(): boolean {
    return (this.tick ?? 0) < this.replayUntil;
  }

  /**
   * What horizon and reservation are computed from: by the asked pace in a replay too, for what is
   * replayed was granted before, and what comes after it goes at that pace.
   */
  get progress(): Progress {
    return {
      maxTick: this.maxTick,
      ticksPerSecond: this.#options.context.storedInfo().ticksPerSecond,
      achievedTicksPerSecond: this.#recentRate.ticksPerSecond() ?? 0,
    };
  }

  /**
   * Drives the backends until one is lost (then says which) or the work ends (then throws why).
   */
  async run(): Promise<Lost> {
    const stop = AbortSignal.any([this.#scope.signal, this.#stop.signal]);
    const storing = this.samples.run(stop).then(this.#options.onViolation);
    await Promise.all(this.#pictures.map((picture) => this.#drive(picture, stop)));
    await storing;
    if (this.#lost === undefined) throw this.#scope.signal.reason;
    return this.#lost;
  }

  async #drive(picture: BackendPicture, stop: AbortSignal): Promise<void> {
    const { clock, context, log, heartbeatIntervalMs } = this.#options;
    let startRetryMs = START_RETRY_MIN_MS;
    while (!stop.aborted) {
      let waitMs = heartbeatIntervalMs;
      if (!context.isInitialized()) {
        log.debug({}, 'the coordinator context is not initialised yet: heartbeat skipped');
      } else {
        if (!picture.started) {
          await this.#startTicking(picture);
          if (!picture.started) {
            waitMs = Math.max(waitMs, startRetryMs);
            startRetryMs = Math.min(2 * startRetryMs, START_RETRY_MAX_MS);
          }
        }
        const reply = await this.#heartbeat(picture);
        // A backend that ticks fast fills its buffer before the next heartbeat is due, and one that
        // lacks events cannot run on without them.
        const isFilling = reply !== undefined && reply.samples.length > SAMPLES_MAX / 8;
        const lacksEvents = (reply?.status.colony?.eventSeq ?? 0) < this.#book.through;
        if (isFilling || (reply !== undefined && lacksEvents)) waitMs /= 10;
      }
      await clock.sleep(waitMs, stop).catch(() => {});
    }
  }

  async #startTicking(picture: BackendPicture): Promise<void> {
    const { rpc, hook, log } = this.#options;
    const { backend } = picture;
    const fields = { backend: backend.id, address: backend.address };
    try {
      this.#scope.check();
      const target = { origin: backend.address, bootId: backend.bootId };
      const fence = this.#scope.fence(this.topology.topologyVersion);
      const answer = await atStage(hook, 'start-ticking', () =>
        rpc.call('startTicking', target, fence, {}),
      );
      picture.started = answer.result === 'Ok';
      picture.startFailed = !picture.started;
      if (picture.started) log.info(fields, 'backend started ticking');
      else log.error({ ...fields, ...answer }, 'backend cannot start ticking; trying again');
    } catch (error) {
      if (!this.#scope.isActive) return;
      picture.startFailed = true;
      log.error({ ...fields, err: error }, 'StartTicking failed; trying again');
    }
  }

  async #heartbeat(picture: BackendPicture): Promise<HeartbeatReply | undefined> {
    const { rpc, clock, context } = this.#options;
    const { backend } = picture;
    try {
      this.#scope.check();
      const record = context.storedInfo();
      const granted = this.#grants.next(record, this.progress);
      const held = picture.status?.colony?.eventSeq ?? 0;
      const { events, eventSeq, horizonMax } = this.#book.handOver(held, record);
      const reply = await rpc.call(
        'heartbeat',
        { origin: backend.address, bootId: backend.bootId },
        this.#scope.fence(this.topology.topologyVersion),
        {
          horizon: Math.min(granted, horizonMax),
          ticksPerSecond: this.replaying ? null : record.ticksPerSecond,
          durableThroughTick: this.samples.durableThroughTick,
          events,
          eventSeq,
        },
      );
      picture.lastAnswerMs = clock.nowMs();
      picture.suspect = false;
      this.#take(picture, reply);
      return reply;
    } catch (error) {
      if (this.#scope.isActive) this.#judge(picture, error);
      return undefined;
    }
  }

  #take(picture: BackendPicture, reply: HeartbeatReply): void {
    const { colony, state, failure } = reply.status;
    const { generation, topologyVersion } = this.topology;
    if (
      colony?.generation !== generation ||
      colony.topologyVersion !== topologyVersion ||
      !colony.shardsInitialized
    ) {
      this.#lose(picture, 'it no longer holds this colony');
      return;
    }
    if (state === 'Failed') {
      this.#lose(picture, failure ?? 'its tick loop failed');
      return;
    }
    picture.status = reply.status;
    picture.started &&= colony.ticking;
    this.samples.add(picture.backend.bootId, reply.samples, colony.tick);
    const { tick } = this;
    if (tick === undefined) return;
    this.#rate.add(this.#options.clock.nowMs(), tick);
    this.#recentRate.add(this.#options.clock.nowMs(), tick);
  }

  /** Refused connections and changed boot ids are certain; silence is believed after a while. */
  #judge(picture: BackendPicture, error: unknown): void {
    const { clock, log, suspectMs } = this.#options;
    const refused = error instanceof TransportError && error.reason === 'refused';
    const foreign = error instanceof ColonyError && error.code === 'FOREIGN_BOOT_ID';
    if (refused || foreign) {
      this.#lose(picture, messageOf(error));
      return;
    }
    const silentMs = clock.nowMs() - picture.lastAnswerMs;
    if (silentMs >= suspectMs) {
      this.#lose(picture, `silent for ${Math.round(silentMs)} ms`);
    } else if (!picture.suspect) {
      picture.suspect = true;
      log.warn({ backend: picture.backend.id, err: error }, 'a backend does not answer');
    }
  }

  #lose({ backend }: BackendPicture, reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = { backend, reason };
    this.#options.log.warn(
      { backend: backend.id, address: backend.address, reason },
      'a backend is lost',
    );
    this.#stop.abort();
  }
}
