import type { ColonyView } from '../../protocol/api/public-api.ts';
import type { DigestEntry } from '../../protocol/colony/sampling.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import { originOf, type RegistryEntry } from '../../protocol/wire/registry-entry.ts';
import type { Rules } from '../../world/spec/rules.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import type { Checkpointer } from '../checkpoints/checkpointer.ts';
import type { DriverState } from '../driver/driver-state.ts';
import { presentPhase } from '../driver/phase.ts';
import type { DigestSink } from '../ticking/journal/digest-sink.ts';
import type { LatestStatistics } from '../ticking/journal/latest-statistics.ts';
import type { PlannedMoves } from '../ticking/planned-moves.ts';
import type { Ticker } from '../ticking/ticker.ts';
import type { TrackedBackend } from '../ticking/tracked-backend.ts';
import { type BackendMemory, backendView, idleBackendView } from './backend-view.ts';
import { recoveryView } from './recovery-view.ts';

/** What is shown of a driver. */
export interface ShownDriver {
  readonly state: DriverState;
  readonly recoveringSinceMs: number | undefined;
  readonly driving:
    | {
        ticker: Pick<Ticker, 'backends' | 'tick' | 'maxTick' | 'replay' | 'achievedTicksPerSecond'>;
        checkpointer: Pick<Checkpointer, 'tick' | 'tickedMs' | 'failure'> | undefined;
        moves: Pick<PlannedMoves, 'reason'> | undefined;
        digests: Pick<DigestSink, 'last'>;
        statistics: Pick<LatestStatistics, 'latest'>;
      }
    | undefined;
}

export interface ViewInput {
  name: string;
  record: ColonyRecord;
  /** How many backends are wanted where nobody asked for another number. */
  configuredBackends: number;
  /** The world of a start that sends no spec of its own. */
  defaultSpec: WorldSpec;
  /** What the driver does and drives, if this coordinator leads. */
  driver: ShownDriver | undefined;
  /** What this coordinator remembers of backends since it leads. */
  memory: BackendMemory;
  /** The stored spec, if a colony is there. */
  stored: StoredSpec | undefined;
  /** The rules in force, if they are known. */
  rules: Rules | undefined;
  /** The tick that the record tells, if it does. */
  lastTick: { tick: number; ageMs: number } | undefined;
  /** Whether the record was read for this view; else the store does not answer. */
  isFresh: boolean;
  nowMs: number;
  coordinators: readonly RegistryEntry[];
  lastDigest: DigestEntry | undefined;
}

const STORE_AWAY = 'the store does not answer: the record is shown as it was known last';

/** What `GET /colony` shows: the record, and what the leader sees of its backends. */
export function colonyView({
  name,
  record,
  configuredBackends,
  defaultSpec,
  driver,
  memory,
  stored,
  rules,
  lastTick,
  isFresh,
  nowMs,
  coordinators,
  lastDigest,
}: ViewInput): ColonyView {
  const ticker = driver?.driving?.ticker;
  const backends = ticker?.backends ?? [];
  const { phase, detail } = presentPhase(record, driver);
  // A ticker that has lost a backend is shown until the next one runs; what it measured is over.
  const isTicking = driver?.state.phase === 'Ticking';
  const maxTick = ticker?.maxTick ?? 0;
  const statistics = driver?.driving?.statistics.latest;
  const tick = ticker?.tick;
  const shown = tick === undefined ? lastTick : { tick, ageMs: ageOf(backends, nowMs) };
  return {
    name,
    status: record.status,
    phase,
    phaseDetail: detail ?? (isFresh ? null : STORE_AWAY),
    generation: record.generation,
    colonyInstanceId: record.colonyInstanceId ?? null,
    tick: shown?.tick ?? null,
    tickAgeMs: shown === undefined ? null : Math.round(shown.ageMs),
    horizon: record.horizon,
    paused: record.paused,
    runUntil: record.runUntil ?? null,
    ticksPerSecond: {
      achieved: isTicking ? (ticker?.achievedTicksPerSecond ?? null) : null,
      asked: record.ticksPerSecond,
    },
    spec: stored?.spec ?? null,
    rules: rules ?? null,
    engineVersion: stored?.engineVersion ?? null,
    defaultSpec,
    topologyVersion: record.topologyVersion,
    wantedBackends: record.wantedBackends ?? configuredBackends,
    backends: ticker
      ? backends.map((tracked) => backendView(tracked, { maxTick, isTicking, nowMs }, memory))
      : (driver?.state.idleBackends ?? []).map((backend) => {
          const isIdle = record.status === 'NotInitialized';
          const state = isIdle ? backend.status.state : 'Initializing';
          return idleBackendView(backend, state, memory);
        }),
    coordinators: coordinators.map(({ id, bootId, address, httpPort, startedAt, version }) => ({
      ...{ id, bootId, startedAt, version },
      address: originOf(address, httpPort),
      leads: record.leader?.id === bootId,
    })),
    leader: record.leader ?? null,
    checkpoint: checkpointView(record, driver?.driving?.checkpointer),
    replay: (isTicking && ticker?.replay) || null,
    recovery: driver === undefined ? null : recoveryView(driver, nowMs),
    lastDigest: driver?.driving?.digests.last ?? lastDigest ?? null,
    statistics: statistics ? { tick: statistics.tick, values: { ...statistics.values } } : null,
    lastFailure: record.lastFailure ?? null,
    fault: record.fault ?? null,
  };
}

function checkpointView(
  { status, checkpoint }: ColonyRecord,
  checkpointer: Pick<Checkpointer, 'tick' | 'tickedMs' | 'failure'> | undefined,
): ColonyView['checkpoint'] {
  if (status !== 'TopographyInitialized') return null;
  return {
    tick: checkpoint?.tick ?? null,
    writingTick: checkpointer?.tick ?? null,
    tickedSeconds: checkpointer === undefined ? null : checkpointer.tickedMs / 1000,
    failure: checkpointer?.failure ?? null,
  };
}

/** How long ago the backend answered that was heard of longest ago. */
const ageOf = (backends: readonly TrackedBackend[], nowMs: number): number =>
  Math.max(0, ...backends.map(({ lastAnswerMs }) => nowMs - lastAnswerMs));
