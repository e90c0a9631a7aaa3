import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import { Starter } from '../../../../services/coordinator/start/starter.ts';
import { ScopeEnded } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import type { StoredSpec } from '../../../../services/protocol/colony/spec.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import type { Topology } from '../../../../services/protocol/layout/topology.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { initializing, termOf } from '../../../support/colony-records.ts';
import { contextOf, during, liveBackend, STORED, topologyOf, workOf } from '../fixtures.ts';

const START_TIMEOUT_MS = 60_000;

/** A cluster that does what a test says, on a real record. */
class FakeCluster {
  backends: LiveBackend[] = [liveBackend(0), liveBackend(1)];
  stored: StoredSpec = STORED;
  planned: Topology | undefined;
  initialized: Topology[] = [];
  layOutError: () => Error | undefined = () => undefined;
  /** How many shards are initialised, one number after the other. */
  initializing: () => AsyncIterable<number> | Iterable<number> = () => [];
  readonly #store: MemoryRecords;

  constructor(store: MemoryRecords) {
    this.#store = store;
  }

  async loadSpec() {
    return this.stored;
  }

  async loadTopology() {
    return this.planned;
  }

  async discover() {
    return this.backends;
  }

  async publishTopology() {
    const record = await this.#store.read();
    const topologyVersion = record.topologyVersion + 1;
    this.planned = topologyOf(this.backends.length, { topologyVersion });
    await this.#store.setTopology(termOf(record), `topology#${topologyVersion}`, topologyVersion);
    return this.planned;
  }

  async initializeShards(
    _work: unknown,
    _stored: unknown,
    topology: Topology,
    onProgress: (shards: number, detail: string) => void,
  ) {
    this.initialized.push(topology);
    for await (const shards of this.initializing()) onProgress(shards, `${shards} shards`);
    const error = this.layOutError();
    if (error !== undefined) throw error;
  }
}

describe('the starter', () => {
  let clock: VirtualClock;
  let store: MemoryRecords;
  let context: CoordinatorContext;
  let layout: FakeCluster;
  let starter: Starter;
  let log: MemoryLog;
  let points: string[];
  let said: string[];
  const start = () =>
    during(
      clock,
      starter.start(workOf(context, clock), (detail) => void said.push(detail)),
    );

  beforeEach(async () => {
    clock = new VirtualClock();
    store = new MemoryRecords();
    await initializing(store);
    context = contextOf(await store.read());
    layout = new FakeCluster(store);
    log = new MemoryLog();
    points = [];
    said = [];
    starter = new Starter({
      layout,
      store,
      clock,
      randomness: new SeededRandomness(1),
      log,
      hook: (point) => void points.push(point),
      startTimeoutMs: START_TIMEOUT_MS,
      minBackends: 2,
      expectedBackends: 3,
      heartbeatIntervalMs: 250,
    });
  });

  test('takes a claimed colony to TopographyInitialized', async () => {
    await start();
    expect(await store.read()).toMatchObject({
      status: 'TopographyInitialized',
      idempotencyKey: 'K1',
      topologyVersion: 1,
    });
    expect(layout.initialized).toHaveLength(1);
  });

  test('says what it does, and tells in the log what came of it', async () => {
    await start();
    expect(said).toEqual(['discovering backends', 'initializing 64 x 32 cells on 2 backends']);
    expect(points).toEqual(['before:complete', 'after:complete']);
    expect(log.lines).toMatchObject([
      {
        level: 'info',
        message: 'colony started: TopographyInitialized',
        fields: { colonyInstanceId: 'instance-1', generation: 1 },
      },
    ]);
  });

  test('says why it is tried again, and why it failed', async () => {
    layout.backends = [liveBackend(0)];
    await start();
    const why = 'NO_BACKENDS: 1 of 2 backends are there';
    expect(new Set(said)).toEqual(
      new Set(['discovering backends', 'waiting for backends: 1 of 2 are there']),
    );
    expect(log.lines[0]).toMatchObject({
      level: 'info',
      message: 'the start is not done yet; trying again',
      fields: { reason: why },
    });
    expect(log.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'the colony start failed',
      fields: { code: 'NO_BACKENDS', reason: '1 of 2 backends are there' },
    });
    expect(points).toEqual(['before:fail', 'after:fail']);
  });

  test('fails as INTERNAL for what has no code', async () => {
    layout.layOutError = () => new Error('a bug');
    await start();
    expect(await store.read()).toMatchObject({
      lastFailure: { code: 'INTERNAL', reason: 'a bug', key: 'K1' },
    });
  });

  test('reserves the first ticks with the completion', async () => {
    await start();
    expect((await store.read()).horizon).toBe(60);
  });

  test('waits for as many backends as are needed', async () => {
    layout.backends = [liveBackend(0)];
    const started = starter.start(workOf(context, clock), () => undefined);
    await clock.advance(5_000);
    expect(await store.read()).toMatchObject({ status: 'Initializing', topologyVersion: 0 });
    layout.backends = [liveBackend(0), liveBackend(1)];
    await during(clock, started);
    expect(layout.initialized).toHaveLength(1);
    expect(await store.read()).toMatchObject({ status: 'TopographyInitialized' });
  });

  test('returns it to NotInitialized with the reason when no backends come in time', async () => {
    layout.backends = [];
    await start();
    expect(clock.nowMs()).toBeGreaterThan(START_TIMEOUT_MS - 1_000);
    expect(clock.nowMs()).toBeLessThanOrEqual(START_TIMEOUT_MS);
    expect(await store.read()).toMatchObject({
      status: 'NotInitialized',
      lastFailure: { key: 'K1', code: 'NO_BACKENDS', generation: 1 },
    });
  });

  test('tries again when a backend fails, with the topology it has', async () => {
    let failures = 3;
    layout.layOutError = () =>
      failures-- > 0 ? new ColonyError('BACKEND_FAILED', 'no answer') : undefined;
    await start();
    expect(await store.read()).toMatchObject({ status: 'TopographyInitialized' });
    expect(layout.initialized.map(({ topologyVersion }) => topologyVersion)).toEqual([1, 1, 1, 1]);
  });

  test('takes all the time that it needs while there is progress', async () => {
    layout.initializing = async function* () {
      for (let shards = 1; shards <= 4; shards++) {
        await clock.sleep(START_TIMEOUT_MS - 1_000);
        yield shards;
      }
    };
    let failures = 1;
    layout.layOutError = () =>
      failures-- > 0 ? new ColonyError('BACKEND_FAILED', 'no answer') : undefined;
    await start();
    expect(await store.read()).toMatchObject({ status: 'TopographyInitialized' });
    expect(layout.initialized).toHaveLength(2);
  });

  test('takes the same shards, initialised again and again, for no progress', async () => {
    layout.initializing = () => [1, 2, 3];
    layout.layOutError = () => new ColonyError('BACKEND_FAILED', 'no answer');
    await start();
    expect(clock.nowMs()).toBeLessThanOrEqual(START_TIMEOUT_MS);
    expect(await store.read()).toMatchObject({ status: 'NotInitialized' });
  });

  test('goes on with the plan of a former leader whose backends still live', async () => {
    await layout.publishTopology();
    await start();
    expect((await store.read()).topologyVersion).toBe(1);
  });

  test('plans again when a backend of the former plan is gone', async () => {
    await layout.publishTopology();
    layout.backends = [liveBackend(0), liveBackend(2)];
    await start();
    expect((await store.read()).topologyVersion).toBe(2);
  });

  test('plans again when another backend has come since', async () => {
    await layout.publishTopology();
    layout.backends = [liveBackend(0), liveBackend(1), liveBackend(2)];
    await start();
    expect(await store.read()).toMatchObject({ topologyVersion: 2 });
    expect(layout.initialized[0]?.backends).toHaveLength(3);
  });

  test('does not try what another engine version has claimed', async () => {
    layout.stored = { ...STORED, engineVersion: STORED.engineVersion + 1 };
    await start();
    expect(clock.nowMs()).toBe(0);
    expect(await store.read()).toMatchObject({
      status: 'NotInitialized',
      lastFailure: {
        code: 'ENGINE_VERSION_MISMATCH',
        reason: `engine version ${STORED.engineVersion + 1} claimed it, this is ${STORED.engineVersion}`,
      },
    });
  });

  test('does not try again what does not fit into the memory of all backends that there will be', async () => {
    layout.backends = [liveBackend(0), liveBackend(1), liveBackend(2)];
    const reason = 'the shards of backend boot-0 need 9 bytes, it may use 8';
    layout.layOutError = () => new ColonyError('WORLD_TOO_LARGE', reason);
    await start();
    expect(clock.nowMs()).toBe(0);
    expect(await store.read()).toMatchObject({
      status: 'NotInitialized',
      lastFailure: { code: 'WORLD_TOO_LARGE', reason },
    });
  });

  test('tries again while a backend that brings memory may yet come', async () => {
    layout.layOutError = () =>
      layout.backends.length < 3 ? new ColonyError('WORLD_TOO_LARGE', 'too little') : undefined;
    const started = starter.start(workOf(context, clock), () => undefined);
    await clock.advance(5_000);
    expect((await store.read()).status).toBe('Initializing');
    layout.backends = [liveBackend(0), liveBackend(1), liveBackend(2)];
    await during(clock, started);
    expect((await store.read()).status).toBe('TopographyInitialized');
  });

  test('keeps its deadline over several goes at one generation', async () => {
    layout.backends = [];
    const failing = store.fail;
    store.fail = async () => {
      throw new ColonyError('STORE_UNAVAILABLE', 'it is away');
    };
    await expect(start()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    store.fail = failing;
    const secondGoMs = clock.nowMs();
    await start();
    expect(clock.nowMs() - secondGoMs).toBeLessThan(1_000);
    expect(await store.read()).toMatchObject({ status: 'NotInitialized' });
  });

  test('ends without a trace when the colony is stopped under it', async () => {
    layout.layOutError = () => {
      const stopped = { ...context.storedInfo(), revision: 99, status: 'NotInitialized' as const };
      context.initializeWithStoredInfo(stopped);
      return undefined;
    };
    await expect(start()).rejects.toBeInstanceOf(ScopeEnded);
    expect(await store.read()).toMatchObject({ status: 'Initializing' });
  });

  test('completes nothing that was stopped just before the completion', async () => {
    layout.layOutError = () => {
      void store.read().then((record) => store.stop(record));
      return undefined;
    };
    await start();
    expect(await store.read()).toMatchObject({ status: 'NotInitialized', generation: 1 });
    expect(log.lines.at(-1)).toMatchObject({
      message: 'the start was overtaken: nothing is completed',
      fields: { status: 'NotInitialized' },
    });
  });
});
