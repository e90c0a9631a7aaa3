import { beforeEach, describe, expect, test } from 'vitest';
import { StartColony } from '../../../../services/coordinator/start/start-colony.ts';
import { stopColony } from '../../../../services/coordinator/start/stop-colony.ts';
import { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { FreshRecord } from '../../../../services/coordinator/term/fresh-record.ts';
import { NO_STAGE_HOOK } from '../../../../services/coordinator/term/stages.ts';
import type { ClientSpec } from '../../../../services/protocol/colony/spec.ts';
import {
  PROTOCOL_VERSION,
  type RegistryEntry,
} from '../../../../services/protocol/wire/registry-entry.ts';
import { ENGINE_VERSION } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { MemoryObjectStore } from '../../../simulation/stores/memory-object-store.ts';
import { MemoryRecords } from '../../../simulation/stores/memory-records.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { failureOf, LEADER, termOf } from '../../../support/colony-records.ts';
import { entryOf } from '../../../support/contracts/registry-contract.ts';
import { during, WORLD } from '../fixtures.ts';

describe('colony-start', () => {
  let clock: VirtualClock;
  let store: MemoryRecords;
  let objects: MemoryObjectStore;
  let claims: number;
  let backends: RegistryEntry[];
  const randomness = new SeededRandomness(1);

  const coordinator = (defaultSpec = WORLD) => {
    const context = new CoordinatorContext(new MemoryLog());
    return new StartColony({
      store,
      record: new FreshRecord({ store, context, clock, onNews: () => {} }),
      objects,
      context,
      clock,
      randomness,
      log: new MemoryLog(),
      hook: NO_STAGE_HOOK,
      defaultSpec,
      ticksPerSecond: 60,
      registry: { list: async () => backends },
      expectedBackends: 2,
      onClaimed: () => {
        claims++;
      },
    });
  };
  const start = (key: string, spec: ClientSpec = {}, waitMs = 0, starts = coordinator()) =>
    starts.start({ key, spec, waitMs });
  const complete = async () => {
    const term = termOf(await store.read());
    await store.setTopology(term, 'topology#1', 1);
    await store.complete(term, 10);
  };
  const fail = async () => {
    const record = await store.read();
    await store.fail(termOf(record), failureOf(record));
  };
  const stop = async () => {
    const { colonyInstanceId = '' } = await store.read();
    const context = new CoordinatorContext(new MemoryLog());
    const o = { store, context, log: new MemoryLog(), onStopped: () => {} };
    await stopColony(o, colonyInstanceId);
    return colonyInstanceId;
  };

  beforeEach(async () => {
    clock = new VirtualClock();
    store = new MemoryRecords();
    objects = new MemoryObjectStore();
    claims = 0;
    backends = [];
    await store.takeLeadership(undefined, LEADER);
  });

  test('claims a colony when there is none: 202 initiated', async () => {
    const { httpStatus, answer } = await start('K1');
    const record = await store.read();
    expect(httpStatus).toBe(202);
    expect(answer).toMatchObject({ status: 'initiated', generation: 1 });
    expect(record).toMatchObject({ status: 'Initializing', startKey: 'K1', ticksPerSecond: 60 });
    expect(answer.colonyInstanceId).toBe(record.colonyInstanceId);
    expect(claims).toBe(1);
  });

  test('refuses a world that no backend has the memory for before anything is claimed', async () => {
    backends = [0, 1].map((index) =>
      entryOf(index, { protocolVersion: PROTOCOL_VERSION, memoryLimitBytes: 2 ** 30 }),
    );
    const world = { width: 65_536, height: 65_536, shardSize: 4_096 };
    await expect(start('K1', world)).rejects.toMatchObject({
      code: 'WORLD_TOO_LARGE',
      status: 400,
      message: expect.stringMatching(/needs at least 73\.0 GB .* 2 backends may use 2\.1 GB/),
    });
    expect((await store.read()).status).toBe('NotInitialized');
    expect(claims).toBe(0);
    expect((await start('K1')).httpStatus).toBe(202);
  });

  test('stores the whole spec before the record points at it', async () => {
    await start('K1', { seed: 99 });
    const { specRef } = await store.read();
    expect(await objects.get(specRef!)).toEqual({
      engineVersion: ENGINE_VERSION,
      spec: { ...WORLD, seed: 99 },
    });
  });

  test('with the same key while it initialises is 202 in progress', async () => {
    const { answer: first } = await start('K1');
    const { httpStatus, answer } = await start('K1');
    expect(httpStatus).toBe(202);
    expect(answer).toMatchObject({
      status: 'in-progress',
      colonyInstanceId: first.colonyInstanceId,
    });
    expect(claims).toBe(1);
  });

  test('with the same key of a started colony is 200, and says idempotent', async () => {
    await start('K1');
    await complete();
    const { httpStatus, answer } = await start('K1');
    expect(httpStatus).toBe(200);
    expect(answer.message).toBe('Colony already started (idempotent)');
  });

  test('with another key is refused, naming the instance that is there', async () => {
    const { answer } = await start('K1');
    const extra = { colonyInstanceId: answer.colonyInstanceId };
    await expect(start('K2')).rejects.toMatchObject({
      code: 'COLONY_START_IN_PROGRESS',
      status: 409,
      extra,
    });
    await complete();
    await expect(start('K2')).rejects.toMatchObject({
      code: 'COLONY_ALREADY_STARTED',
      status: 409,
      extra,
    });
  });

  test('with the same key and another body is 422', async () => {
    await start('K1', { seed: 1 });
    await expect(start('K1', { seed: 2 })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      status: 422,
    });
  });

  test('with the key of a stopped colony is 409 and starts nothing', async () => {
    await start('K1');
    const colonyInstanceId = await stop();
    await expect(start('K1')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_RETIRED',
      status: 409,
      extra: { colonyInstanceId },
    });
    expect(await store.read()).toMatchObject({ status: 'NotInitialized', generation: 1 });
  });

  test('with a spec that does not fit claims nothing', async () => {
    await expect(start('K1', { width: 65 })).rejects.toMatchObject({ code: 'SPEC_INVALID' });
    expect(await store.read()).toMatchObject({ status: 'NotInitialized', generation: 0 });
  });

  test('of a running colony is answered by its record, whatever the defaults are by now', async () => {
    await start('K1', { width: 128 });
    await complete();
    const changedDefaults = coordinator({ ...WORLD, shardSize: 24 });
    const { httpStatus } = await start('K1', { width: 128 }, 0, changedDefaults);
    expect(httpStatus).toBe(200);
  });

  test('claims once for callers that race with many keys at several coordinators', async () => {
    const coordinators = [coordinator(), coordinator(), coordinator()];
    const keys = Array.from({ length: 60 }, (_, i) => `K${i % 20}`);
    const outcomes = await Promise.allSettled(
      keys.map((key, i) => start(key, {}, 0, coordinators[i % 3])),
    );
    const { startKey, colonyInstanceId, generation } = await store.read();
    expect(generation).toBe(1);
    expect(claims).toBe(1);
    for (const [i, outcome] of outcomes.entries()) {
      if (keys[i] === startKey) {
        expect(outcome).toMatchObject({
          status: 'fulfilled',
          value: { httpStatus: 202, answer: { colonyInstanceId } },
        });
      } else {
        expect(outcome).toMatchObject({ reason: { code: 'COLONY_START_IN_PROGRESS' } });
      }
    }
  });

  test('answers a lost claim by the record that it lost to', async () => {
    const { claim } = store;
    store.claim = async (mine) => {
      store.claim = claim;
      await start('K2');
      return claim.call(store, mine);
    };
    await expect(start('K1')).rejects.toMatchObject({ code: 'COLONY_START_IN_PROGRESS' });
    expect(claims).toBe(1);
  });

  test('claims again when what it lost to has failed meanwhile', async () => {
    const { claim } = store;
    store.claim = async (mine) => {
      store.claim = claim;
      await start('K2');
      const lost = await claim.call(store, mine);
      await fail();
      return { ...lost, record: await store.read() };
    };
    const { answer } = await start('K1');
    expect(answer).toMatchObject({ status: 'initiated', generation: 2 });
  });

  test('gives up claiming after a bounded number of tries', async () => {
    let tries = 0;
    store.claim = async () => {
      tries++;
      return { ok: false, record: await store.read() };
    };
    await expect(start('K1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(tries).toBeLessThan(10);
  });

  test('says that its colony was stopped when that happened before the claim was answered', async () => {
    const { claim } = store;
    store.claim = async (...args) => {
      await claim.apply(store, args);
      await stop();
      // As a write does that is repeated after its answer was lost.
      return claim.apply(store, args);
    };
    await expect(start('K1')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_RETIRED' });
  });

  test('after a failure the same key starts again', async () => {
    await start('K1');
    await fail();
    const { httpStatus, answer } = await start('K1');
    expect(httpStatus).toBe(202);
    expect(answer).toMatchObject({ status: 'initiated', generation: 2 });
  });

  describe('that waits', () => {
    test('is held until the colony is started: 200', async () => {
      const waiting = start('K1', {}, 20_000);
      await clock.advance(3_000);
      await complete();
      const { httpStatus, answer } = await during(clock, waiting);
      expect(httpStatus).toBe(200);
      expect(answer.status).toBe('started');
      expect(clock.nowMs()).toBeLessThan(3_500);
    });

    test('is held likewise when the start was already in progress', async () => {
      await start('K1');
      const waiting = start('K1', {}, 20_000);
      await clock.advance(3_000);
      await complete();
      expect(await during(clock, waiting)).toMatchObject({ httpStatus: 200 });
    });

    test('gets 202 again when its time is over', async () => {
      const { httpStatus, answer } = await during(clock, start('K1', {}, 20_000));
      expect(clock.nowMs()).toBe(20_000);
      expect(httpStatus).toBe(202);
      expect(answer.status).toBe('initiated');
    });

    test('gets 503 with the failure when the start fails', async () => {
      const waiting = start('K1', {}, 20_000);
      await clock.advance(1_000);
      await fail();
      await expect(during(clock, waiting)).rejects.toMatchObject({
        code: 'COLONY_START_FAILED',
        status: 503,
        extra: { lastFailure: { key: 'K1', code: 'NO_BACKENDS' } },
      });
    });

    test('is not answered with the failure of an earlier start', async () => {
      await start('K1');
      await fail();
      const waiting = start('K1', {}, 20_000);
      await clock.advance(1_000);
      await complete();
      expect(await during(clock, waiting)).toMatchObject({ httpStatus: 200 });
    });

    test('is not told the failure of a start that came after its own', async () => {
      const waiting = start('K1', {}, 20_000);
      await clock.advance(1);
      await fail();
      await start('K2');
      await fail();
      await expect(during(clock, waiting)).rejects.toMatchObject({
        code: 'COLONY_START_FAILED',
        extra: {},
      });
    });

    test('hears that the colony was stopped meanwhile', async () => {
      const waiting = start('K1', {}, 20_000);
      await clock.advance(1_000);
      await stop();
      await expect(during(clock, waiting)).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_RETIRED',
      });
    });

    test('shares each look at the record with all others that wait', async () => {
      const starts = coordinator();
      const waiting = Array.from({ length: 256 }, (_, i) => start('K1', {}, 10_000 + i, starts));
      await clock.advance(0);
      const { read } = store;
      let reads = 0;
      store.read = async () => {
        reads++;
        return read.apply(store);
      };
      await clock.advance(3_000);
      expect(reads).toBe(30);
      store.read = read;
      await complete();
      const outcomes = await during(clock, Promise.all(waiting));
      expect(new Set(outcomes.map(({ httpStatus }) => httpStatus))).toEqual(new Set([200]));
    });

    test('looks once more when its time is over, which is not that of the others', async () => {
      const starts = coordinator();
      const long = start('K1', {}, 20_000, starts);
      await clock.advance(50);
      const short = start('K1', {}, 110, starts);
      await clock.advance(105);
      await complete();
      expect(await during(clock, short)).toMatchObject({ httpStatus: 200 });
      expect(clock.nowMs()).toBe(160);
      expect(await during(clock, long)).toMatchObject({ httpStatus: 200 });
    });

    test('is answered at once when there is nothing to wait for', async () => {
      await start('K1');
      await complete();
      expect(await start('K1', {}, 20_000)).toMatchObject({ httpStatus: 200 });
      expect(clock.nowMs()).toBe(0);
    });
  });
});
