import { parseStoredRecord } from '../../../services/platform/record/stored-record.ts';
import { RegistryReader } from '../../../services/platform/registry/registry-values.ts';
import { checkpointOf } from '../../../services/protocol/checkpoint/manifest.ts';
import {
  eventRequestProblem,
  eventRequestSchema,
  handedEventSchema,
  resolveEvent,
} from '../../../services/protocol/colony/colony-event.ts';
import {
  bodyHashOf,
  clientSpecSchema,
  resolveSpec,
  storedSpecSchema,
  worldSpecSchema,
} from '../../../services/protocol/colony/spec.ts';
import { ColonyError } from '../../../services/protocol/common/errors.ts';
import { parseJson } from '../../../services/protocol/common/json.ts';
import { haloPlan } from '../../../services/protocol/layout/halo-plan.ts';
import { regionsOf } from '../../../services/protocol/layout/regions.ts';
import { topologySchema } from '../../../services/protocol/layout/topology.ts';
import { ABSENT_RECORD, limitOf } from '../../../services/protocol/record/colony-record.ts';
import { originOf } from '../../../services/protocol/wire/registry-entry.ts';
import { Timeline } from '../../../services/world/events/timeline.ts';
import { DEFAULT_WORLD_SPEC, ENGINE_VERSION } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';
import { topologyOf } from '../../support/topologies.ts';
import { mutatedJson } from '../input/mutate-json.ts';
import { coded, grownBy, holds, jsonBytes, never, type Target, textOf } from '../target.ts';

const RECORD = {
  ...ABSENT_RECORD,
  ...{ status: 'TopographyInitialized', revision: 41, generation: 3, topologyVersion: 2 },
  ...{ colonyInstanceId: 'i1', claimId: 'c', idempotencyKey: 'k', bodyHash: 'b' },
  ...{ specRef: 'spec#1', topologyRef: 'topology#1', topologyHorizon: 900, horizon: 1_200 },
  checkpoint: { tick: 800, epoch: 2, topologyVersion: 2, sha256: 'a'.repeat(64) },
  retired: { ['b'.repeat(64)]: { colonyInstanceId: 'i0', generation: 2 } },
  lastFailure: {
    key: 'k',
    code: 'NO_BACKENDS',
    reason: 'none',
    at: '2026-01-01T00:00:00.000Z',
    generation: 2,
  },
  leader: { id: 'c1', address: 'http://127.0.0.1:8083', epoch: 2, beat: 77 },
  lastTick: { tick: 1_000, epoch: 2, beat: 70 },
  ...{ paused: true, runUntil: 1_100, pauseTick: 1_100, ticksPerSecond: 60, wantedBackends: 4 },
  handledKeys: [{ keyHash: 'a'.repeat(64), runUntil: 500, ticks: 10 }],
  ...{ eventSeq: 1, eventHead: 0 },
  pendingEvents: [
    {
      sequence: 1,
      tick: 1_150,
      keyHash: 'a'.repeat(32),
      bodyHash: 'b'.repeat(32),
      event: { kind: 'newTopography' },
    },
  ],
};

const record: Target = {
  name: 'record',
  reads: [
    'services/platform/record/stored-record.ts',
    'services/protocol/common/bounded-list.ts',
    'services/protocol/record/colony-record.ts',
    'services/platform/record/colony-records.ts',
    'services/platform/record/embedded-record-store.ts',
  ],
  open() {
    const seeds = [ABSENT_RECORD, RECORD];
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run(bytes) {
        const read = parseStoredRecord(parseJson(bytes));
        holds(limitOf(read) >= 0, 'a limit below 0');
        parseStoredRecord(parseJson(jsonBytes(read)));
      },
      isDocumented: coded('STORE_UNAVAILABLE'),
      maxAllocation: grownBy(256),
    };
  },
};

const registry: Target = {
  name: 'registry-entry',
  reads: [
    'services/platform/registry/registry-values.ts',
    'services/protocol/wire/registry-entry.ts',
  ],
  open() {
    const entry = {
      ...{ id: 'backend-1', bootId: '00000000-0000-4000-8000-000000000001', address: '10.0.0.4' },
      ...{
        rpcPort: 9_000,
        httpPort: 9_001,
        startedAt: '2026-01-01T00:00:00.000Z',
        version: '0.1.0',
      },
      ...{ protocolVersion: 10, memoryLimitBytes: 2 ** 30 },
    };
    const seeds = [
      entry,
      { ...entry, address: '::1', taskArn: 'arn:aws:ecs:eu-west-1:1:task/x' },
      { ...entry, address: 'backend-1.colony.internal' },
    ];
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run(bytes) {
        const read = new RegistryReader(new MemoryLog()).read('backends', 'there', textOf(bytes));
        if (read === undefined) return 'skipped';
        const origin = originOf(read.address, read.rpcPort);
        holds(URL.canParse(origin), `the address ${JSON.stringify(read.address)} is none`);
        const { pathname, username, port, protocol, search, hash } = new URL(origin);
        const isOrigin =
          pathname === '/' && `${username}${search}${hash}` === '' && protocol === 'http:';
        holds(isOrigin && Number(port || 80) === read.rpcPort, `${origin} leads elsewhere`);
        return 'taken';
      },
      isDocumented: never,
      maxAllocation: grownBy(256),
    };
  },
};

/** Larger ones take a time that is known to grow: what is sought is one that takes much more than its size. */
const PLANNED_BACKENDS_MAX = 64;

const topology: Target = {
  name: 'topology',
  reads: [
    'services/protocol/layout/topology.ts',
    'services/protocol/colony/origin.ts',
    'services/coordinator/layout/colony-layout.ts',
  ],
  open() {
    const origin = { ...new Timeline(SMALL_WORLD).originHere(0), tick: 300 };
    const manifest = {
      key: 'checkpoints/reef/i1/0000000300/2-4/manifest.json',
      sha256: 'a'.repeat(64),
    };
    const shape = { columns: 4, rows: 3, backends: 3 };
    const seeds = [
      topologyOf(),
      topologyOf({ ...shape, ticksPerExchange: 4 }, (shard) => shard % 3),
      { ...topologyOf(shape, (shard) => shard % 2), origin: { ...origin, manifest } },
    ];
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run(bytes) {
        const read = topologySchema.safeParse(parseJson(bytes)).data;
        if (read === undefined) return 'refused';
        checkpointOf(read.origin);
        for (const { address } of read.backends) void new URL(address).origin;
        const indices = read.backends.map((_, index) => index).slice(0, PLANNED_BACKENDS_MAX);
        const cells = indices
          .flatMap((index) => regionsOf(read, index))
          .reduce((sum, r) => sum + r.width * r.height, 0);
        holds(
          indices.length < read.backends.length || cells === read.width * read.height,
          'regions do not cover the world',
        );
        for (const index of indices) haloPlan(read, index);
        return 'taken';
      },
      isDocumented: never,
      maxAllocation: grownBy(512, 32 * 2 ** 20),
    };
  },
};

const spec: Target = {
  name: 'spec',
  reads: ['services/protocol/colony/spec.ts', 'services/protocol/common/canonical-json.ts'],
  open() {
    const { rules, ...world } = DEFAULT_WORLD_SPEC;
    const seeds = [
      {},
      { seed: 3, rules: {} },
      { ...world, rules: { breedBase: rules.breedBase } },
      { engineVersion: ENGINE_VERSION, spec: DEFAULT_WORLD_SPEC },
    ];
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run(bytes) {
        const value = parseJson(bytes);
        if (Object.hasOwn(Object(value), 'engineVersion')) {
          return storedSpecSchema.safeParse(value).success ? 'taken' : 'refused';
        }
        const read = clientSpecSchema.safeParse(value).data;
        if (read === undefined) return 'refused';
        bodyHashOf(read);
        const resolved = resolveSpec(read, DEFAULT_WORLD_SPEC);
        holds(
          worldSpecSchema.safeParse(resolved.spec).success,
          'it resolves to a spec that cannot be read',
        );
        return 'taken';
      },
      isDocumented: (error) => error instanceof ColonyError && error.code === 'SPEC_INVALID',
      maxAllocation: grownBy(256),
    };
  },
};

const event: Target = {
  name: 'event-request',
  reads: ['services/protocol/colony/colony-event.ts'],
  open() {
    const seeds = [
      { kind: 'createCreature', tick: 9, x: 3, radiusX: 15, colour: 0xffffff, canKill: true },
      { kind: 'extraFood' },
      { kind: 'ruleChange', rule: 'breedBase', percent: -20 },
      { kind: 'newTopography', tick: 0 },
      { kind: 'extinction', draw: 1 },
      { kind: 'foodDrop', x: 3, y: 4, radiusX: 5, radiusY: 6, amount: 7 },
    ];
    const world = { width: 64, height: 48 };
    return {
      seeds: seeds.map(jsonBytes),
      inputs: mutatedJson(seeds),
      run(bytes) {
        const request = eventRequestSchema.safeParse(parseJson(bytes)).data;
        if (request === undefined || eventRequestProblem(request, world) !== undefined)
          return 'refused';
        const drawn = resolveEvent(request, { colonyInstanceId: 'i1', sequence: 1, ...world });
        const handed = { sequence: 1, tick: 0, event: drawn };
        holds(
          handedEventSchema.safeParse(handed).success,
          `it resolves to ${JSON.stringify(drawn)}`,
        );
        return 'taken';
      },
      isDocumented: never,
      maxAllocation: grownBy(256),
    };
  },
};

export const recordTargets: readonly Target[] = [record, registry, topology, spec, event];
