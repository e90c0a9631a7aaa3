import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HaloExchange } from '../../../../services/backend/halos/halo-exchange.ts';
import type { HaloSubscriber } from '../../../../services/backend/halos/halo-transport.ts';
import { ShardSet } from '../../../../services/backend/shards/shard-set.ts';
import { ReferenceEngine } from '../../../../services/kernel/reference-engine.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { haloPlan } from '../../../../services/protocol/layout/halo-plan.ts';
import { parcelBytes } from '../../../../services/world/cells/cell-parcel.ts';
import { DEFAULT_WORLD_SPEC } from '../../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { createHaloMessage } from '../../../support/halos/halo-message.ts';
import { topologyOf } from '../topology-fixture.ts';

/** Backend 0 has the upper half of the world, backend 1, which is played by the test, the lower. */
const topology = topologyOf({ owners: Array.from({ length: 16 }, (_, s) => (s < 8 ? 0 : 1)) });
const spec = { ...DEFAULT_WORLD_SPEC, width: 64, height: 64, shardSize: 16 };
const timing = { pullAfterMs: 200, pullEveryMs: 500, timeoutMs: 1_500 };
const cellBytes = parcelBytes(haloPlan(topology, 0).incoming.get(1) ?? []);
const halo = (tick: number) =>
  createHaloMessage({ generation: 1, topologyVersion: 1, tick, senderIndex: 1 }, cellBytes);

let clock: VirtualClock;
let log: MemoryLog;
let shards: ShardSet;
let exchange: HaloExchange;
let subscriber: HaloSubscriber;
/** How often the stream was told that it had brought nothing. */
let missed: number;
/** How often it was given up. */
let resets: number;
/** When which tick was asked for. */
let pulls: [atMs: number, tick: number][];
/** What was sent to boot-1. */
let sent: Uint8Array[];
/** Whose messages may be changed, but the latest, or all of them. */
let madeRoom: string[];
let abandoned: string[];
/** What becomes of a pull. */
let pull: (tick: number) => Promise<Uint8Array>;
beforeEach(async () => {
  clock = new VirtualClock();
  log = new MemoryLog();
  [pulls, sent, missed, resets, madeRoom, abandoned] = [[], [], 0, 0, [], []];
  pull = async (tick) => halo(tick);
  const { signal } = new AbortController();
  const parts = { clock, engine: new ReferenceEngine(), signal };
  shards = (await ShardSet.allocate(topology, 0, spec, parts)) as ShardSet;
  const nothing = () => undefined;
  exchange = new HaloExchange(topology, 0, shards, {
    clock,
    log,
    timing,
    transport: {
      subscribe: (_peer, to) => {
        subscriber = to;
        return { missed: () => missed++, reset: () => resets++, close: nothing };
      },
      send: (_bootId, message) => sent.push(message),
      makeRoom: (bootId) => madeRoom.push(bootId),
      abandon: (bootId) => abandoned.push(bootId),
      pull: (_peer, tick) => {
        pulls.push([clock.nowMs(), tick]);
        return pull(tick);
      },
    },
  });
});
afterEach(() => exchange.close());

/** Goes through so many exchanges. */
async function passAll(exchanges: number): Promise<void> {
  for (let i = 0; i < exchanges; i++) {
    const { tick } = shards;
    exchange.send(tick);
    if (!(await exchange.receive(tick))) return;
    exchange.makeRoom(tick + 1);
    await shards.step(1, () => undefined);
  }
}

const told = () => log.lines.flatMap(({ level }) => (level === 'debug' ? [] : [level]));

describe('HaloExchange', () => {
  test('pulls what does not come, each exchange as soon as it is late', async () => {
    void passAll(3);
    await clock.advance(1_000);
    expect(pulls).toEqual([
      [200, 0],
      [400, 1],
      [600, 2],
    ]);
  });

  test('says that a message was missed, unless it came while it was pulled', async () => {
    void passAll(2);
    await clock.advance(300);
    expect([pulls.length, missed]).toEqual([1, 1]);
    pull = async (tick) => {
      subscriber.accept(halo(tick));
      return halo(tick);
    };
    await clock.advance(300);
    expect([pulls.length, missed]).toEqual([2, 1]);
  });

  test('keeps what it has sent for who subscribes later, and for no stranger', async () => {
    await shards.pack();
    exchange.send(0);
    expect([exchange.keptFor('boot-1'), sent.length]).toEqual([sent, 1]);
    expect(exchange.keptFor('boot-7')).toEqual([]);
  });

  test('takes messages as large as they are to be, where the shards want them', async () => {
    expect(subscriber.maxBytes).toBe(halo(0).byteLength);
    const room = subscriber.room(halo(0), subscriber.maxBytes);
    room.set(halo(0));
    subscriber.accept(room);
    expect(room).toBe(shards.arriving(1, 0));
    expect(await exchange.receive(0)).toBe(true);
  });

  test('lets go of messages to be sent before they are written over, and at its end', async () => {
    await shards.pack();
    exchange.send(0);
    exchange.makeRoom(1);
    expect([madeRoom, abandoned]).toEqual([['boot-1'], []]);
    exchange.close();
    expect(abandoned).toEqual(['boot-1']);
  });

  test('gives a stream up that was overtaken by a pull, and takes what was pulled', async () => {
    void passAll(2);
    await clock.advance(0);
    subscriber.room(halo(0), subscriber.maxBytes);
    await clock.advance(300);
    expect([pulls.length, resets, shards.tick]).toEqual([1, 1, 1]);
    await clock.advance(300);
    expect([pulls.length, resets, shards.tick]).toEqual([2, 1, 2]);
  });

  test('takes by a pull what a stream had begun that has ended', async () => {
    void passAll(1);
    await clock.advance(0);
    subscriber.room(halo(0), subscriber.maxBytes);
    subscriber.ended();
    await clock.advance(300);
    expect([pulls.length, resets, shards.tick]).toEqual([1, 0, 1]);
  });

  test('takes by a pull what came under a former fence', async () => {
    void passAll(1);
    await clock.advance(0);
    subscriber.refuse(subscriber.room(halo(0), subscriber.maxBytes));
    await clock.advance(300);
    expect([pulls.length, resets, shards.tick]).toEqual([1, 0, 1]);
  });

  test('sends nothing once it is closed', async () => {
    await shards.pack();
    exchange.close();
    exchange.send(0);
    expect([sent, exchange.keptFor('boot-1')]).toEqual([[], []]);
  });

  test('tells that a stream is well again when it brings what it should', async () => {
    subscriber.troubled(new Error('no halo'));
    await clock.advance(500);
    subscriber.troubled(new Error('no halo'));
    subscriber.accept(halo(0));
    expect(told()).toEqual(['warn', 'info']);
  });

  test('says nothing of an outage that is over within half a second', async () => {
    for (let i = 0; i < 3; i++) {
      subscriber.troubled(new Error('connection refused'));
      await clock.advance(499);
      subscriber.troubled(new Error('connection refused'));
      subscriber.well();
    }
    expect(told()).toEqual([]);
  });

  test('warns once where a stream cannot be opened, however often a pull succeeds', async () => {
    void passAll(4);
    for (let i = 0; i < 4; i++) {
      subscriber.troubled(new Error('connection refused'));
      await clock.advance(250);
    }
    expect(pulls.length).toBeGreaterThan(3);
    expect(told()).toEqual(['warn']);
    subscriber.well();
    expect(told()).toEqual(['warn', 'info']);
  });

  test('warns once where neither works, and tells when both do', async () => {
    pull = () => Promise.reject(new Error('connection refused'));
    void passAll(2);
    subscriber.troubled(new Error('connection refused'));
    await clock.advance(3_000);
    subscriber.well();
    expect(told()).toEqual(['warn']);
    pull = async (tick) => halo(tick);
    await clock.advance(1_000);
    expect(told()).toEqual(['warn', 'info']);
  });

  test.each([
    'COLONY_NOT_INITIALIZED',
    'TOPOLOGY_NOT_INITIALIZED',
    'SHARDS_NOT_INITIALIZED',
    'HALO_NOT_READY',
    'STALE_FENCE',
  ] as const)(
    'does not warn of a peer that answers %s: it is merely not that far',
    async (code) => {
      pull = () => Promise.reject(new ColonyError(code, 'not yet'));
      void passAll(1);
      await clock.advance(5_000);
      expect(pulls.length).toBeGreaterThan(3);
      expect(told()).toEqual([]);
    },
  );

  test('warns of a peer that answers anything else', async () => {
    pull = () => Promise.reject(new ColonyError('HALO_INVALID', 'a stranger'));
    void passAll(1);
    await clock.advance(5_000);
    expect(told()).toEqual(['warn']);
  });

  test('warns again of the next outage, also if halos came by themselves after the last', async () => {
    void passAll(3);
    for (const outage of [1, 2]) {
      pull = () => Promise.reject(new Error('connection refused'));
      await clock.advance(3_000);
      subscriber.accept(halo(shards.tick));
      await clock.advance(0);
      expect(told()).toEqual(Array.from({ length: outage }, () => ['warn', 'info']).flat());
    }
  });
});
