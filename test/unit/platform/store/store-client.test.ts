import { expect, test } from 'vitest';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { StoreClient } from '../../../../services/platform/store/store-client.ts';
import { ColonyError } from '../../../../services/protocol/common/errors.ts';
import { SeededRandomness } from '../../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';

const NOTHING = new TextEncoder().encode('{}');

/** A client whose calls end as given, one after the other, and how many there were. */
function clientOf(...ends: (unknown | Uint8Array)[]) {
  let calls = 0;
  const clock = new VirtualClock();
  const client = new StoreClient({
    rpc: {
      send: async () => {
        const end = ends[Math.min(calls++, ends.length - 1)];
        if (end instanceof Uint8Array) return end;
        throw end;
      },
    },
    origin: 'http://127.0.0.1:1',
    colonyName: 'reef',
    clock,
    randomness: new SeededRandomness(1),
  });
  const get = async () => {
    let ended: unknown;
    void client.call('get', { sortKey: 'record' }).then(
      (reply) => {
        ended = reply;
      },
      (error) => {
        ended = error;
      },
    );
    await clock.runUntil(() => ended !== undefined, { limitMs: 10_000 });
    return ended;
  };
  return { get, calls: () => calls };
}

const refused = new TransportError('refused', 'refused');

test('a store that is being started again is waited for', async () => {
  const { get, calls } = clientOf(refused, new TransportError('broken', 'reset'), NOTHING);
  expect(await get()).toEqual({});
  expect(calls()).toBe(3);
});

test('a store that stays away is STORE_UNAVAILABLE after four attempts', async () => {
  const { get, calls } = clientOf(refused);
  expect(await get()).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the store does not answer: its process is gone: refused',
  });
  expect(calls()).toBe(4);
});

test('a call that timed out is not tried again: that would add to the time', async () => {
  const { get, calls } = clientOf(new TransportError('timeout', 'no answer within 3000 ms'));
  expect(await get()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(calls()).toBe(1);
});

test('a call that failed with a connection is not tried again: it would fail again', async () => {
  const { get, calls } = clientOf(new TransportError('failed', 'the answer has too many bytes'));
  expect(await get()).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(calls()).toBe(1);
});

test('what the store says of its disk is said as it is', async () => {
  const full = new ColonyError('STORE_UNAVAILABLE', 'no space is left');
  expect(await clientOf(full).get()).toBe(full);
});

test('a store with another secret is STORE_UNAVAILABLE', async () => {
  const stranger = new ColonyError('RPC_UNAUTHENTICATED', 'not signed');
  expect(await clientOf(stranger).get()).toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: 'the store does not answer: RPC_UNAUTHENTICATED: not signed',
  });
});

test('a request that the store does not take is a bug, and so no ColonyError', async () => {
  const error = await clientOf(new ColonyError('BAD_REQUEST', 'get: sortKey: too long')).get();
  expect(error).not.toBeInstanceOf(ColonyError);
  expect(error).toMatchObject({ message: 'get: sortKey: too long' });
});

test('an answer that does not fit is STORE_UNAVAILABLE', async () => {
  expect(await clientOf(new TextEncoder().encode('{"text":7}')).get()).toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
});
