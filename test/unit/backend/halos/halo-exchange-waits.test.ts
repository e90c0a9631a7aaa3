import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HaloExchange, type HaloShards } from '../../../../services/backend/halos/halo-exchange.ts';
import type { HaloSubscriber } from '../../../../services/backend/halos/halo-transport.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { HALO_HEADER_BYTES } from '../../../../services/protocol/wire/halo-codec.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { createHaloMessage } from '../../../support/halos/halo-message.ts';
import { topologyOf } from '../topology-fixture.ts';

/** Backend 0 exchanges halos of eight bytes of cells with two others, which are played by the test. */
const topology = topologyOf({ owners: Array.from({ length: 16 }, (_, s) => s % 3) });
const BYTES = 8;
const PEERS = [1, 2].map((n) => ({ origin: `http://backend-${n}:9000`, bootId: `boot-${n}` }));
const halo = (tick: number, senderIndex: number) =>
  createHaloMessage({ generation: 1, topologyVersion: 1, tick, senderIndex }, BYTES);

let clock: VirtualClock;
let log: MemoryLog;
let exchange: HaloExchange;
let subscribers: Map<string, HaloSubscriber>;
/** Whose subscriptions were closed. */
let closed: string[];
/** When whom was asked for what, within which limits. */
let pulls: unknown[][];
let pull: (peer: string, tick: number) => Promise<Uint8Array>;

const placed = new Map<string, Uint8Array>();
const placeOf = (way: string) => (peer: number, tick: number) => {
  const key = `${way} ${peer} ${tick % 2}`;
  const place = placed.get(key) ?? new Uint8Array(HALO_HEADER_BYTES + BYTES);
  placed.set(key, place);
  return place;
};
const shards: HaloShards = { peers: [1, 2], arriving: placeOf('in'), departing: placeOf('out') };

function open(of: HaloShards = shards): HaloExchange {
  return new HaloExchange(topology, 0, of, {
    ...{ clock, log },
    transport: {
      subscribe: ({ bootId }, to) => {
        subscribers.set(bootId, to);
        const nothing = () => undefined;
        return { missed: nothing, reset: nothing, close: () => closed.push(bootId) };
      },
      ...{ send: () => undefined, makeRoom: () => undefined, abandon: () => undefined },
      pull: (peer, tick, limits) => {
        pulls.push([clock.nowMs(), peer.bootId, tick, limits]);
        return pull(peer.bootId, tick);
      },
    },
  });
}

beforeEach(() => {
  clock = new VirtualClock();
  log = new MemoryLog();
  [subscribers, closed, pulls] = [new Map(), [], []];
  placed.clear();
  pull = () => new Promise(() => undefined);
  exchange = open();
});
afterEach(() => exchange.close());

const arrive = (tick: number, peer: number) =>
  subscribers.get(`boot-${peer}`)?.accept(halo(tick, peer));

/** Whether the messages of an exchange are there; undefined while they are waited for. */
function receive(tick: number): { outcome?: boolean } {
  const waiting: { outcome?: boolean } = {};
  void exchange.receive(tick).then((outcome) => {
    waiting.outcome = outcome;
  });
  return waiting;
}

describe('an exchange', () => {
  test('names the neighbours that are late, and no others', async () => {
    exchange.send(0);
    await clock.advance(1_000);
    expect(exchange.waitingFor).toEqual([]);
    const waiting = receive(0);
    arrive(0, 1);
    await clock.advance(199);
    expect(exchange.waitingFor).toEqual([]);
    await clock.advance(1);
    expect(exchange.waitingFor).toEqual(['boot-2']);
    arrive(0, 2);
    await clock.advance(0);
    expect([exchange.waitingFor, waiting.outcome]).toEqual([[], true]);
  });

  test('does not wait for what is there', async () => {
    exchange.send(0);
    for (const peer of [1, 2]) arrive(0, peer);
    expect(await exchange.receive(0)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test('asks those that are late one at a time, twice a second, within limits', async () => {
    exchange.send(0);
    const waiting = receive(0);
    arrive(0, 1);
    const limits = { maxBytes: HALO_HEADER_BYTES + BYTES, timeoutMs: 1_500 };
    await clock.advance(1_000);
    expect(pulls).toEqual([[200, 'boot-2', 0, limits]]);
    pull = () => Promise.reject(new Error('timeout'));
    exchange.close();
    exchange = open();
    exchange.send(0);
    receive(0);
    pulls = [];
    await clock.advance(1_300);
    expect(pulls.map(([atMs, peer]) => [atMs, peer])).toEqual(
      [1_200, 1_700, 2_200].flatMap((atMs) => ['boot-1', 'boot-2'].map((peer) => [atMs, peer])),
    );
    expect(waiting.outcome).toBe(false);
  });

  test('uses what it pulled', async () => {
    pull = async (peer, tick) => halo(tick, peer === 'boot-1' ? 1 : 2);
    exchange.send(0);
    const waiting = receive(0);
    await clock.advance(200);
    expect([waiting.outcome, pulls.length]).toEqual([true, 2]);
    await clock.advance(10_000);
    expect([pulls.length, clock.pendingTimers]).toEqual([2, 0]);
  });

  test('that is closed waits no more, leaves no timer, and takes nothing that still comes', async () => {
    let answer = (_message: Uint8Array) => {};
    pull = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    exchange.send(0);
    const waiting = receive(0);
    await clock.advance(300);
    exchange.close();
    await clock.advance(0);
    expect([waiting.outcome, closed, clock.pendingTimers]).toEqual([
      ...[false, ['boot-1', 'boot-2'], 0],
    ]);
    answer(halo(0, 1).fill(9, HALO_HEADER_BYTES));
    await clock.advance(10_000);
    expect(shards.arriving(1, 0)).toEqual(new Uint8Array(HALO_HEADER_BYTES + BYTES));
    expect([pulls.length, await exchange.receive(0)]).toEqual([2, false]);
  });

  test('needs its neighbours in the topology', () => {
    expect(() => open({ ...shards, peers: [9] })).toThrow('backend 9 is not in the topology');
  });

  test('answers pulls of its neighbours alone, and of what was sent', () => {
    exchange.send(0);
    expect(exchange.find('boot-2', 0)).toEqual(shards.departing(2, 0));
    expect(() => exchange.find('boot-2', 1)).toThrow(
      expect.objectContaining({ code: 'HALO_NOT_READY' }),
    );
    expect(() => exchange.find('boot-7', 0)).toThrow(
      expect.objectContaining({ code: 'HALO_INVALID', message: 'boot-7 is no neighbour' }),
    );
  });
});

describe('the log tells', () => {
  const lines = (level: string) =>
    log.lines.flatMap((line) => (line.level === level ? [[line.message, line.fields]] : []));
  const [first] = PEERS;
  const peer = { peer: first?.bootId, origin: first?.origin };

  test('of a stream that brings nothing, and of its end', async () => {
    const err = new Error('connection refused');
    for (let i = 0; i < 2; i++) {
      subscribers.get('boot-1')?.troubled(err);
      await clock.advance(500);
    }
    subscribers.get('boot-1')?.well();
    const message = 'A stream does not bring halos.';
    expect(lines('debug')).toEqual([[message, { ...peer, err }]]);
    expect(lines('warn')).toEqual([[`${message} It is tried again.`, { ...peer, err }]]);
    expect(lines('info')).toEqual([['Halos get through again.', peer]]);
  });

  test('of pulls that fail, and with a whisper of a neighbour that is not that far', async () => {
    const errors = [new ColonyError('HALO_NOT_READY', 'not yet'), new Error('timeout')];
    for (const [i, err] of errors.entries()) {
      pull = (of) => (of === 'boot-1' ? Promise.reject(err) : new Promise(() => undefined));
      if (i === 0) {
        exchange.send(0);
        receive(0);
      }
      await clock.advance(1_200);
    }
    expect(lines('debug').slice(0, 2)).toEqual(
      Array(2).fill(['A halo could not be pulled.', { ...peer, err: errors[0] }]),
    );
    expect(lines('warn')).toEqual([
      ['A halo could not be pulled. It is tried again.', { ...peer, err: errors[1] }],
    ]);
  });

  test('nothing aloud of what fails because it is closed', async () => {
    exchange.close();
    for (let i = 0; i < 3; i++) {
      subscribers.get('boot-1')?.troubled(new Error('closed'));
      await clock.advance(1_000);
    }
    expect(lines('warn')).toEqual([]);
  });
});
