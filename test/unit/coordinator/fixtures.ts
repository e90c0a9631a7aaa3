/** What the coordinator's tests share: records, a leader's term, backends that answer as told. */

import type { LiveBackend } from '../../../services/coordinator/layout/discovery.ts';
import { ColonyScope } from '../../../services/coordinator/term/colony-scope.ts';
import { CoordinatorContext } from '../../../services/coordinator/term/coordinator-context.ts';
import { LeaderTerm } from '../../../services/coordinator/term/leader-term.ts';
import type { GrantsOptions } from '../../../services/coordinator/ticking/grants.ts';
import type { RpcCalls, RpcTarget } from '../../../services/platform/rpc/rpc-client.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import type { Sample } from '../../../services/protocol/colony/sampling.ts';
import type { StoredSpec } from '../../../services/protocol/colony/spec.ts';
import type { Topology } from '../../../services/protocol/layout/topology.ts';
import {
  ABSENT_RECORD,
  type ColonyRecord,
} from '../../../services/protocol/record/colony-record.ts';
import type { Fence } from '../../../services/protocol/wire/fence.ts';
import type {
  BackendStatus,
  RpcMethodName,
  RpcReply,
  RpcRequest,
} from '../../../services/protocol/wire/rpc.ts';
import { GENESIS } from '../../../services/world/events/origin.ts';
import { EMPTY_STATISTICS } from '../../../services/world/measuring/statistics.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { ENGINE_VERSION, type WorldSpec } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import type { VirtualClock } from '../../simulation/virtual-clock.ts';
import { NO_LOAD } from '../../support/no-load.ts';

export const SELF = { id: 'c1', address: 'http://127.0.0.1:8083' };

export const WORLD: WorldSpec = {
  width: 64,
  height: 32,
  shardSize: 16,
  seed: 7,
  rules: DEFAULT_RULES,
  randomEvents: false,
};
export const STORED: StoredSpec = { engineVersion: ENGINE_VERSION, spec: WORLD };

/** A record led by SELF under epoch 1. */
export const recordOf = (change: Partial<ColonyRecord> = {}): ColonyRecord => ({
  ...ABSENT_RECORD,
  revision: 1,
  leader: { ...SELF, epoch: 1, beat: 0 },
  ...change,
});

export const startedRecord = (change: Partial<ColonyRecord> = {}): ColonyRecord =>
  recordOf({
    status: 'TopographyInitialized',
    revision: 10,
    generation: 1,
    colonyInstanceId: 'instance-1',
    claimId: 'claim-1',
    idempotencyKey: 'K1',
    bodyHash: 'body-1',
    specRef: 'spec#1',
    topologyRef: 'topology#1',
    topologyVersion: 1,
    horizon: 1_000,
    ...change,
  });

export function contextOf(record: ColonyRecord, log = new MemoryLog()): CoordinatorContext {
  const context = new CoordinatorContext(log);
  context.initializeWithStoredInfo(record);
  return context;
}

/** The work that a context's record asks for, in a term of an hour. */
export function workOf(context: CoordinatorContext, clock: Clock): ColonyScope {
  const { epoch } = context.storedInfo().leader ?? { epoch: 1 };
  const term = new LeaderTerm({
    leaderId: SELF.id,
    epoch,
    clock,
    leaseMs: 3_600_000,
    sentMs: clock.nowMs(),
  });
  return new ColonyScope(term, () => context.storedInfo());
}

/** How a leader of epoch 1 grants: at 60 ticks/s 60 ticks ahead, and 300 reserved. */
export function grantsOptions(): GrantsOptions {
  let number = 0;
  const nextNumber = () => ++number;
  return { heartbeatIntervalMs: 250, beatIntervalMs: 2_000, epoch: 1, nextNumber };
}

/** A topology of WORLD's 4 × 2 shards on some backends, in runs of equal length. */
/** A checkpoint every 10 s of ticking. */
export const CHECKPOINT_SETTINGS = {
  checkpointIntervalSeconds: 10,
  checkpointMinTicks: 100,
  checkpointBudgetBytes: 1_000_000,
};

export function topologyOf(backends: number, change: Partial<Topology> = {}): Topology {
  return {
    colonyInstanceId: 'instance-1',
    generation: 1,
    topologyVersion: 1,
    width: WORLD.width,
    height: WORLD.height,
    shardSize: WORLD.shardSize,
    ticksPerExchange: 1,
    origin: GENESIS,
    backends: Array.from({ length: backends }, (_, index) => ({
      bootId: `boot-${index}`,
      id: `b${index}`,
      address: `http://b${index}:9000`,
    })),
    owners: Array.from({ length: 8 }, (_, shard) => Math.floor((shard * backends) / 8)),
    ...change,
  };
}

/** What a backend says that ticks the shards of version 1 of generation 1. */
export function statusOf(
  index: number,
  colony: Partial<NonNullable<BackendStatus['colony']>> | undefined = {},
  change: Partial<BackendStatus> = {},
): BackendStatus {
  return {
    bootId: `boot-${index}`,
    engineVersion: ENGINE_VERSION,
    pid: index,
    state: 'Ticking',
    draining: false,
    fence: { generation: 1, epoch: 1, topologyVersion: 1 },
    colony: {
      colonyInstanceId: 'instance-1',
      generation: 1,
      topologyVersion: 1,
      shards: [index],
      initializedShards: 1,
      shardsInitialized: true,
      ticking: true,
      tick: 0,
      eventSeq: 0,
      grant: { epoch: 1, number: 0, horizon: 0 },
      ...colony,
    },
    waitingFor: [],
    load: NO_LOAD,
    ...change,
  };
}

/** A backend that holds nothing. */
export function idleStatus(index: number, change: Partial<BackendStatus> = {}): BackendStatus {
  const { colony: _, ...status } = statusOf(index, {}, { state: 'Idle', ...change });
  return status;
}

export const liveBackend = (index: number, status = idleStatus(index)): LiveBackend => ({
  id: `b${index}`,
  bootId: `boot-${index}`,
  origin: `http://b${index}:9000`,
  status,
});

export interface FakeCall {
  method: RpcMethodName;
  bootId: string;
  origin: string;
  fence: Fence;
  request: Record<string, unknown>;
  atMs: number;
}

/** An RPC client whose calls are answered by a function, which may throw; keeps all calls. */
export function fakeRpc(
  clock: Clock,
  answer: (call: FakeCall) => unknown,
): { rpc: RpcCalls; calls: FakeCall[] } {
  const calls: FakeCall[] = [];
  const rpc: RpcCalls = {
    async call<M extends RpcMethodName>(
      method: M,
      target: RpcTarget,
      fence: Fence,
      request: RpcRequest<M>,
    ) {
      const { bootId, origin } = target;
      const atMs = clock.nowMs();
      const call = { method, bootId, origin, fence, request: { ...request }, atMs };
      calls.push(call);
      return answer(call) as RpcReply<M>;
    },
  };
  return { rpc, calls };
}

/** Lets virtual time go on while a promise is pending. */
export async function during<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  await clock.runUntil(() => isSettled, { limitMs: 600_000, what: 'the promise to settle' });
  return settled;
}

/** Where nothing is known of the tasks of backends. */
export const NO_TASKS = { whyGone: async () => undefined };

/** A sample whose digest and population are easy to add up. */
export const sampleOf = (tick: number, shards: number, digest?: number): Sample => ({
  tick,
  shards,
  ...(digest !== undefined && { digest: hex(digest) }),
  statistics: { ...EMPTY_STATISTICS, population: shards },
});

/** A small number as a digest. */
export const hex = (digest: number): string => digest.toString(16).padStart(16, '0');
