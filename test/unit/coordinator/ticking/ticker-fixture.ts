import { EventBook } from '../../../../services/coordinator/events/event-book.ts';
import type { ColonyScope } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/term/stages.ts';
import { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import { DigestSink } from '../../../../services/coordinator/ticking/journal/digest-sink.ts';
import { Journal } from '../../../../services/coordinator/ticking/journal/journal.ts';
import type { Violation } from '../../../../services/coordinator/ticking/journal/journal-sink.ts';
import { LatestStatistics } from '../../../../services/coordinator/ticking/journal/latest-statistics.ts';
import {
  Ticker,
  type TickerOptions,
  type TickerRun,
} from '../../../../services/coordinator/ticking/ticker.ts';
import type { Lost } from '../../../../services/coordinator/ticking/tracked-backend.ts';
import { Troubles } from '../../../../services/coordinator/troubles/troubles.ts';
import type { CheckpointReport } from '../../../../services/protocol/checkpoint/manifest.ts';
import type { Sample } from '../../../../services/protocol/colony/sampling.ts';
import type { ColonyRecord } from '../../../../services/protocol/record/colony-record.ts';
import type { BackendStatus, StartTickingResult } from '../../../../services/protocol/wire/rpc.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryDigestLog } from '../../../simulation/stores/memory-digest-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import {
  contextOf,
  type FakeCall,
  fakeRpc,
  grantsOptions,
  NO_TASKS,
  startedRecord,
  statusOf,
  topologyOf,
  workOf,
} from '../fixtures.ts';

export const HEARTBEAT_MS = 250;
export const SUSPECT_MS = 8_000;

/** A backend that answers as a test says. */
class FakeBackend {
  status: BackendStatus;
  samples: Sample[] = [];
  checkpoint: CheckpointReport | undefined;
  starting: StartTickingResult | Error = { result: 'Ok' };
  heartbeat: 'answers' | Error = 'answers';
  /** Whether it says what grant is in force. */
  acknowledges = false;

  constructor(index: number) {
    this.status = statusOf(index);
  }

  answer({ method, fence, request }: FakeCall): unknown {
    if (method === 'startTicking') {
      if (this.starting instanceof Error) throw this.starting;
      return this.starting;
    }
    if (this.heartbeat instanceof Error) throw this.heartbeat;
    if (this.acknowledges) this.#acknowledge(fence.epoch, request);
    const { status, samples, checkpoint } = this;
    return { status, samples, ...(checkpoint && { checkpoint }) };
  }

  #acknowledge(epoch: number, request: FakeCall['request']): void {
    const colony = this.status.colony!;
    const horizon = Math.max(Number(request['horizon']), colony.tick);
    const grant = { epoch, number: Number(request['grantNumber']), horizon };
    this.status = { ...this.status, colony: { ...colony, grant } };
  }

  at(tick: number): void {
    this.status = { ...this.status, colony: { ...this.status.colony!, tick } };
  }
}

/** A ticker over three such backends, on virtual time. */
export class TickerRig {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly context = contextOf(startedRecord({ ticksPerSecond: 60 }));
  readonly digests = new MemoryDigestLog();
  readonly book = new EventBook();
  readonly backends = [0, 1, 2].map((index) => new FakeBackend(index));
  readonly statistics = new LatestStatistics();
  readonly troubles = new Troubles(this.clock);
  readonly violations: Violation[] = [];
  /** What is known of the tasks of backends. */
  readonly tasks: TickerOptions['tasks'] = { ...NO_TASKS };
  /** How its run has ended. */
  readonly outcome: { isOver?: true; lost?: Lost; error?: unknown } = {};
  readonly #fake = fakeRpc(this.clock, (call) =>
    this.backends[Number(call.bootId.slice(-1))]!.answer(call),
  );
  readonly calls: readonly FakeCall[] = this.#fake.calls;
  scope: ColonyScope = workOf(this.context, this.clock);
  #ticker: Ticker | undefined;

  get ticker(): Ticker {
    return this.#ticker!;
  }

  run({
    replayUntil = 0,
    context = this.context,
    checkpoints,
  }: {
    replayUntil?: number;
    context?: CoordinatorContext;
    checkpoints?: TickerRun['checkpoints'];
  } = {}): void {
    const { clock, log, digests, scope, book, outcome } = this;
    const sinks = [new DigestSink(digests, 'instance-1'), this.statistics];
    const randomness = new SeededRandomness(1);
    const journal = new Journal({ sinks, clock, randomness, log, shards: 8, origin: GENESIS });
    const times = { heartbeatIntervalMs: HEARTBEAT_MS, beatIntervalMs: 2_000 };
    const grants = new Grants(startedRecord({ horizon: 0 }), grantsOptions());
    const options = {
      rpc: this.#fake.rpc,
      clock,
      randomness,
      log,
      context,
      hook: NO_STAGE_HOOK,
      suspectMs: SUSPECT_MS,
      tasks: this.tasks,
      troubles: this.troubles,
      onViolation: async (violation: Violation) => {
        this.violations.push(violation);
      },
      ...times,
    };
    const topology = topologyOf(3);
    const run = { scope, topology, grants, book, journal, replayUntil, checkpoints, isHeld: true };
    this.#ticker = new Ticker(options, run);
    this.#ticker.run().then(
      (lost) => {
        outcome.isOver = true;
        if (lost !== undefined) outcome.lost = lost;
      },
      (error: unknown) => {
        outcome.error = error;
      },
    );
  }

  /** A newer version of the record. */
  record(change: Partial<ColonyRecord>): void {
    this.context.initializeWithStoredInfo(
      startedRecord({ ticksPerSecond: 60, revision: 11, ...change }),
    );
  }

  callsOf(method: string, index?: number): FakeCall[] {
    return this.calls.filter(
      (call) => call.method === method && (index === undefined || call.bootId === `boot-${index}`),
    );
  }

  async end(): Promise<void> {
    this.scope.term.end();
    await this.clock.advance(120_000);
  }
}
