import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import { Recovery } from '../../../../services/coordinator/layout/recovery.ts';
import { ScopeEnded } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { Troubles } from '../../../../services/coordinator/troubles/troubles.ts';
import type { TopologyOrigin } from '../../../../services/protocol/colony/origin.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { GENESIS } from '../../../../services/world/events/origin.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import {
  contextOf,
  during,
  type FakeCall,
  fakeRpc,
  idleStatus,
  liveBackend,
  NO_TASKS,
  STORED,
  startedRecord,
  statusOf,
  topologyOf,
  workOf,
} from '../fixtures.ts';
import { originAt } from './origin-fixture.ts';

const REPLACEMENT_WAIT_MS = 3_000;

/** Two checkpoints, the newer one first. */
const CHECKPOINTS = [300, 200].map(originAt);

describe('recovery', () => {
  let clock: VirtualClock;
  let context: CoordinatorContext;
  let answer: (call: FakeCall) => unknown;
  let calls: FakeCall[];
  let backends: LiveBackend[];
  let versions: number[];
  let origins: TopologyOrigin[];
  let log: MemoryLog;
  let initializeShards: () => Promise<void>;
  let recovery: Recovery;

  let said: string[];
  let troubles: Troubles;
  const recover = (wanted = 2) =>
    recovery.recover(workOf(context, clock), STORED, wanted, (detail) => void said.push(detail));

  beforeEach(() => {
    said = [];
    clock = new VirtualClock();
    context = contextOf(startedRecord());
    answer = ({ bootId }) => statusOf(Number(bootId.slice(-1)));
    const fake = fakeRpc(clock, (call) => answer(call));
    calls = fake.calls;
    backends = [liveBackend(0), liveBackend(1)];
    versions = [];
    origins = [];
    log = new MemoryLog();
    initializeShards = async () => undefined;
    const layout = {
      discover: async () => backends,
      async publishTopology(
        _scope: unknown,
        _stored: unknown,
        given: readonly LiveBackend[],
        origin: TopologyOrigin,
      ) {
        origins.push(origin);
        const topologyVersion = context.storedInfo().topologyVersion + 1;
        versions.push(topologyVersion);
        const { revision } = context.storedInfo();
        const record = startedRecord({ revision: revision + 1, topologyVersion });
        context.initializeWithStoredInfo(record);
        return topologyOf(given.length, { topologyVersion, origin });
      },
      initializeShards: () => initializeShards(),
    };
    troubles = new Troubles(clock);
    recovery = new Recovery({
      layout,
      rpc: fake.rpc,
      clock,
      randomness: new SeededRandomness(1),
      log,
      ...{ suspectMs: 8_000, tasks: NO_TASKS },
      replacementWaitMs: REPLACEMENT_WAIT_MS,
      minBackends: 1,
      troubles,
      newestOrigin: async (_scope, without) =>
        CHECKPOINTS.find(({ manifest }) => !without.has(manifest?.key ?? '')) ?? GENESIS,
    });
  });

  describe('bringing the shards back', () => {
    test('gives them to the backends that are there, under the next version', async () => {
      const topology = await during(clock, recover());
      expect(topology).toMatchObject({ topologyVersion: 2 });
      expect(clock.nowMs()).toBe(0);
    });

    test('starts from the newest checkpoint', async () => {
      await during(clock, recover());
      expect(origins).toEqual([CHECKPOINTS[0]]);
      expect(said).toContain('starting the world from the checkpoint of tick 300 on 2 backends');
    });

    test('takes the one before where the cells of a checkpoint cannot be read, and says so once', async () => {
      initializeShards = async () => {
        if (origins.length === 1) throw new ColonyError('CHECKPOINT_UNREADABLE', 'shard 3 is cut');
      };
      expect(await during(clock, recover())).toMatchObject({ topologyVersion: 3 });
      expect(origins).toEqual(CHECKPOINTS);
      expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
        {
          message: 'the checkpoint of tick 300 cannot be restored; the one before is used',
          fields: { reason: 'CHECKPOINT_UNREADABLE: shard 3 is cut' },
        },
      ]);
    });

    test('takes genesis where no checkpoint can be read', async () => {
      initializeShards = async () => {
        if (origins.length < 3) throw new ColonyError('CHECKPOINT_UNREADABLE', 'it is not there');
      };
      await during(clock, recover());
      expect(origins).toEqual([...CHECKPOINTS, GENESIS]);
    });

    test('tells what is wrong with a backend that cannot take its shards', async () => {
      const { bootId, id } = backends[1]!;
      let failures = 0;
      initializeShards = async () => {
        if (failures++ === 0)
          throw new ColonyError('BACKEND_FAILED', 'full', { extra: { bootId } });
      };
      await during(clock, recover());
      expect(troubles.of(id)).toMatchObject({ code: 'BACKEND_FAILED', detail: 'full' });
    });

    test('leaves a backend out that cannot take its shards again and again, where others can', async () => {
      const failing = backends[1]!;
      initializeShards = async () => {
        if (backends.length === 2 && origins.length === 1) {
          throw new ColonyError('BACKEND_FAILED', 'no right on the bucket', {
            extra: { bootId: failing.bootId },
          });
        }
      };
      const { backends: used } = await during(clock, recover(1));
      expect(used.map(({ bootId }) => bootId)).toEqual([backends[0]!.bootId]);
      expect(recovery.isUnfit(failing.bootId)).toBe(true);
      await clock.advance(600_000);
      expect(recovery.isUnfit(failing.bootId)).toBe(false);
    });

    test('leaves a backend out that alone cannot read what others can, and starts from the newest checkpoint', async () => {
      initializeShards = async () => {
        if (backends.length === 2 && origins.length > 2) return;
        throw new ColonyError('CHECKPOINT_UNREADABLE', 'shard 3 is cut', {
          extra: { bootId: 'boot-1' },
        });
      };
      const { backends: used } = await during(clock, recover(1));
      expect(used.map(({ bootId }) => bootId)).toEqual(['boot-0']);
      expect(origins).toEqual([...CHECKPOINTS, CHECKPOINTS[0]]);
      expect(recovery.isUnfit('boot-1')).toBe(true);
    });

    test('asks a backend again that the others cannot hold the world without, and believes it', async () => {
      initializeShards = async () => {
        if (origins.at(-1) === GENESIS) return;
        throw recovery.isUnfit('boot-1')
          ? new ColonyError('WORLD_TOO_LARGE', 'the world does not fit')
          : new ColonyError('CHECKPOINT_UNREADABLE', 'shard 3 is cut', {
              extra: { bootId: 'boot-1' },
            });
      };
      const { backends: used } = await during(clock, recover(1));
      expect([origins, used.length]).toEqual([[...CHECKPOINTS, CHECKPOINTS[0], GENESIS], 2]);
    });

    test('tries all again where none can take its shards', async () => {
      let failures = 0;
      initializeShards = async () => {
        const { bootId } = backends[failures % 2]!;
        if (failures++ < 12) throw new ColonyError('BACKEND_FAILED', 'full', { extra: { bootId } });
      };
      await during(clock, recover());
      expect(failures).toBe(13);
    });

    test('takes the one before where an object of a checkpoint does not come for long, and leaves no backend out', async () => {
      initializeShards = async () => {
        if (origins.length > 1) return;
        throw new ColonyError('STORE_UNAVAILABLE', 'EIO', {
          extra: { bootId: 'boot-1', key: 'part-300' },
        });
      };
      const { backends: used } = await during(clock, recover());
      expect([origins, used.length]).toEqual([CHECKPOINTS, 2]);
      expect(backends.map(({ bootId }) => recovery.isUnfit(bootId))).toEqual([false, false]);
    });

    test('leaves a backend out that has long not reached what its leader reads, where others are there', async () => {
      initializeShards = async () => {
        if (backends.length === 2 && origins.length > 1) return;
        throw new ColonyError('STORE_UNAVAILABLE', 'connection refused', {
          extra: { bootId: 'boot-1', key: 'manifest-300' },
        });
      };
      const { backends: used } = await during(clock, recover(1));
      expect(used.map(({ bootId }) => bootId)).toEqual(['boot-0']);
      expect(origins).toEqual([CHECKPOINTS[0], CHECKPOINTS[0]]);
      expect(recovery.isUnfit('boot-1')).toBe(true);
    });

    test('keeps to a checkpoint while its store is away', async () => {
      let failures = 3;
      initializeShards = async () => {
        if (failures-- > 0)
          throw new ColonyError('STORE_UNAVAILABLE', 'the bucket does not answer');
      };
      await during(clock, recover());
      expect(origins).toEqual([CHECKPOINTS[0]]);
    });

    test('lets those that are to end go before the others are filled: they hear no heartbeat meanwhile', async () => {
      const draining = { ...liveBackend(2), status: idleStatus(2, { draining: true }) };
      backends = [liveBackend(0), draining];
      let isFilled = false;
      initializeShards = async () => {
        await clock.sleep(10_000);
        isFilled = true;
      };
      const recovered = recover(0);
      await clock.advance(1_000);
      expect(isFilled).toBe(false);
      expect(calls).toMatchObject([
        { method: 'ping', bootId: 'boot-2', fence: { topologyVersion: 2 } },
      ]);
      await clock.advance(10_000);
      await recovered;
    });

    test('waits for replacements before it makes do with fewer', async () => {
      backends = [liveBackend(0)];
      const topology = await during(clock, recover(2));
      expect(topology.backends).toHaveLength(1);
      expect(clock.nowMs()).toBeGreaterThanOrEqual(REPLACEMENT_WAIT_MS);
      expect(clock.nowMs()).toBeLessThan(REPLACEMENT_WAIT_MS + 1_000);
    });

    test('takes a replacement that comes in time', async () => {
      backends = [liveBackend(0)];
      const recovered = recover(2);
      await clock.advance(1_000);
      backends = [liveBackend(0), liveBackend(2)];
      expect((await during(clock, recovered)).backends).toHaveLength(2);
    });

    test('waits without end where no backend is left', async () => {
      backends = [];
      const recovered = recover();
      await clock.advance(600_000);
      expect(versions).toEqual([]);
      backends = [liveBackend(0)];
      expect(await during(clock, recovered)).toMatchObject({ topologyVersion: 2 });
    });

    test('tries again when a backend cannot be initialised', async () => {
      let failures = 2;
      initializeShards = async () => {
        if (failures-- > 0) throw new ColonyError('BACKEND_FAILED', 'no answer');
      };
      expect(await during(clock, recover())).toMatchObject({ topologyVersion: 2 });
      expect(failures).toBe(-1);
      expect(versions).toEqual([2]);
    });

    test('says in plain words why it is tried again: the phase says that it recovers', async () => {
      initializeShards = async () => {
        if (said.length < 2) throw new ColonyError('BACKEND_FAILED', 'no answer');
      };
      await during(clock, recover());
      expect(said).toContain('trying again: no answer');
    });

    test('says how many backends are there while it waits for more', async () => {
      backends = [liveBackend(0)];
      const recovered = recover();
      await clock.advance(1_000);
      expect(new Set(said)).toEqual(new Set(['waiting for backends: 1 of 2 are there']));
      backends = [liveBackend(0), liveBackend(1)];
      await during(clock, recovered);
    });

    test('plans again when another backend comes while one cannot be initialised', async () => {
      initializeShards = async () => {
        if (backends.length === 2) throw new ColonyError('BACKEND_FAILED', 'not memory enough');
      };
      const recovered = recover();
      await clock.advance(2_000);
      backends = [liveBackend(0), liveBackend(1), liveBackend(2)];
      const { topologyVersion, backends: used } = await during(clock, recovered);
      expect([topologyVersion, used.length]).toEqual([3, 3]);
    });

    test('ends when the colony is stopped', async () => {
      backends = [];
      const recovered = recover();
      const stopped = startedRecord({ revision: 99, status: 'NotInitialized' });
      context.initializeWithStoredInfo(stopped);
      await expect(during(clock, recovered)).rejects.toBeInstanceOf(ScopeEnded);
    });
  });
});
