import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveBackend } from '../../../../services/coordinator/layout/discovery.ts';
import { Recovery } from '../../../../services/coordinator/layout/recovery.ts';
import { ScopeEnded } from '../../../../services/coordinator/term/colony-scope.ts';
import type { CoordinatorContext } from '../../../../services/coordinator/term/coordinator-context.ts';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
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
  topologyOf,
  workOf,
} from '../fixtures.ts';

const draining = (index: number): LiveBackend =>
  liveBackend(index, idleStatus(index, { draining: true }));

let clock: VirtualClock;
let context: CoordinatorContext;
let found: LiveBackend[];
/** The backends of each topology that was published. */
let published: string[][];
let said: string[];
let calls: FakeCall[];
let answer: (call: FakeCall) => unknown;
let recovery: Recovery;

/** @param wanted 0: as for a move */
const recover = (wanted: number | 'any' = 'any') =>
  recovery.recover(workOf(context, clock), STORED, wanted, (detail) => void said.push(detail));

beforeEach(() => {
  clock = new VirtualClock();
  context = contextOf(startedRecord());
  found = [liveBackend(0), draining(1), liveBackend(2)];
  published = [];
  said = [];
  answer = () => idleStatus(1);
  const fake = fakeRpc(clock, (call) => answer(call));
  calls = fake.calls;
  recovery = new Recovery({
    layout: {
      discover: async () => found,
      async publishTopology(_scope, _stored, backends) {
        published.push(backends.map(({ id }) => id));
        const topologyVersion = 1 + published.length;
        context.initializeWithStoredInfo(
          startedRecord({ revision: 10 + published.length, topologyVersion }),
        );
        return topologyOf(backends.length, {
          topologyVersion,
          backends: backends.map(({ id, bootId, origin: address }) => ({ id, bootId, address })),
        });
      },
      initializeShards: async () => undefined,
    },
    ...{ rpc: fake.rpc, clock, randomness: new SeededRandomness(1), log: new MemoryLog() },
    ...{ suspectMs: 8_000, tasks: NO_TASKS, replacementWaitMs: 3_000, minBackends: 3 },
    newestOrigin: async () => GENESIS,
  });
});

describe('shards', () => {
  test('go to none that is to end', async () => {
    await during(clock, recover());
    expect(published).toEqual([['b0', 'b2']]);
  });

  test('go to those that are there at once, where they are moved: the world stands', async () => {
    await during(clock, recover());
    expect(clock.nowMs()).toBe(0);
  });

  test('that were lost wait for a replacement, and one that is to end is none', async () => {
    const { backends } = await during(clock, recover(3));
    expect(clock.nowMs()).toBeGreaterThanOrEqual(3_000);
    expect(backends.map(({ id }) => id)).toEqual(['b0', 'b2']);
  });

  test('wait for another one where all are to end', async () => {
    found = [draining(0), draining(1)];
    const recovered = recover();
    await clock.advance(60_000);
    expect(published).toEqual([]);
    expect(said.at(-1)).toBe('waiting for backends: 0 of 1 are there');
    found = [...found, liveBackend(2)];
    await during(clock, recovered);
    expect(published).toEqual([['b2']]);
  });
});

describe('a backend that has no shards any more', () => {
  const dismissed = () => calls.filter(({ method }) => method === 'ping');

  test('learns it by the fence of the next topology, and no other is told', async () => {
    await during(clock, recover());
    expect(dismissed().map(({ bootId, fence }) => [bootId, fence.topologyVersion])).toEqual([
      ['boot-1', 2],
    ]);
  });

  test('learns it while the others are filled: it waits no longer than its leader is silent', async () => {
    let callsBefore = -1;
    const layout = {
      discover: async () => found,
      publishTopology: async () =>
        topologyOf(1, { topologyVersion: 1, backends: topologyOf(1).backends }),
      initializeShards: async () => {
        callsBefore = dismissed().length;
      },
    };
    const fake = fakeRpc(clock, () => idleStatus(1));
    calls = fake.calls;
    found = [liveBackend(0), draining(1)];
    const other = new Recovery({
      ...{ layout, rpc: fake.rpc, clock, randomness: new SeededRandomness(1) },
      ...{ log: new MemoryLog(), suspectMs: 8_000, tasks: NO_TASKS },
      ...{ replacementWaitMs: 0, minBackends: 1 },
      newestOrigin: async () => GENESIS,
    });
    await during(
      clock,
      other.recover(workOf(context, clock), STORED, 'any', () => {}),
    );
    expect([callsBefore, dismissed().length]).toEqual([1, 1]);
  });

  test('holds nothing up where it is gone already', async () => {
    answer = () => {
      throw new TransportError('refused', 'connection refused');
    };
    expect(await during(clock, recover())).toMatchObject({ topologyVersion: 2 });
    expect(clock.nowMs()).toBe(0);
  });

  test('is told nothing by a leader whose colony was stopped meanwhile', async () => {
    const recovered = recover();
    context.initializeWithStoredInfo(startedRecord({ revision: 99, status: 'NotInitialized' }));
    await expect(during(clock, recovered)).rejects.toBeInstanceOf(ScopeEnded);
    expect(dismissed()).toEqual([]);
  });
});
