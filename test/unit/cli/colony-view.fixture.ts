import type { ColonyView } from '../../../services/protocol/api/public-api.ts';
import { EMPTY_STATISTICS } from '../../../services/world/measuring/statistics.ts';
import { DEFAULT_WORLD_SPEC } from '../../../services/world/spec/spec.ts';

/** A colony that ticks; fields given replace its own. */
export function colonyView(more: Partial<ColonyView> = {}): ColonyView {
  return {
    name: 'colony',
    status: 'TopographyInitialized',
    phase: 'Ticking',
    phaseDetail: null,
    generation: 1,
    colonyInstanceId: 'instance-1',
    tick: 1234,
    tickAgeMs: 100,
    horizon: 1300,
    paused: false,
    runUntil: null,
    ticksPerSecond: { achieved: 59.84, asked: 60 },
    spec: { ...DEFAULT_WORLD_SPEC, rules: { ...DEFAULT_WORLD_SPEC.rules } },
    rules: { ...DEFAULT_WORLD_SPEC.rules },
    engineVersion: 1,
    defaultSpec: { ...DEFAULT_WORLD_SPEC, rules: { ...DEFAULT_WORLD_SPEC.rules } },
    topologyVersion: 1,
    wantedBackends: 1,
    backends: [
      {
        id: 'backend-1',
        bootId: 'b1',
        address: 'http://127.0.0.1:9001',
        pid: 42,
        state: 'Ticking',
        tick: 1234,
        lag: 0,
        shards: 40,
        waitingFor: [],
        owner: 0,
        ageMs: 100,
        ticksPerSecond: 59.8,
        waiting: { halos: 0, horizon: 0, pace: 0.9, samples: 0 },
        memoryBytes: 100_000_000,
        processors: 0.4,
        uptimeSeconds: 60,
        restarts: 0,
        trouble: null,
      },
    ],
    coordinators: [
      {
        ...{ id: 'c1', bootId: 'boot-c1', address: 'http://127.0.0.1:8083', leads: true },
        ...{ startedAt: '2026-01-01T00:00:00.000Z', version: '0.1.0' },
      },
    ],
    leader: { id: 'c1', address: 'http://127.0.0.1:8083', epoch: 2, beat: 7 },
    checkpoint: { tick: 1200, writingTick: null, tickedSeconds: 4.2, failure: null },
    replay: null,
    recovery: null,
    lastDigest: { tick: 1200, digest: '00000000deadbeef' },
    statistics: { tick: 1220, values: { ...EMPTY_STATISTICS, population: 1234567 } },
    lastFailure: null,
    fault: null,
    ...more,
  };
}

/** No colony was started yet. */
export function idleView(): ColonyView {
  return colonyView({
    status: 'NotInitialized',
    phase: 'Idle',
    colonyInstanceId: null,
    tick: null,
    spec: null,
    rules: null,
    engineVersion: null,
    backends: [],
    checkpoint: null,
    lastDigest: null,
    statistics: null,
    ticksPerSecond: { achieved: null, asked: null },
  });
}
