import { afterEach, beforeEach, expect, test } from 'vitest';
import { TransportError } from '../../../../services/platform/rpc/transport.ts';
import { statusOf } from '../fixtures.ts';
import { HEARTBEAT_MS, TickerRig } from './ticker-fixture.ts';

let rig: TickerRig;
beforeEach(() => {
  rig = new TickerRig();
});
afterEach(() => rig.end());

test('a backend that is silent is told of until it answers', async () => {
  rig.run();
  rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
  await rig.clock.advance(HEARTBEAT_MS);
  expect(rig.troubles.of('b1')).toMatchObject({ code: 'BACKEND_UNREACHABLE', detail: 'no answer' });
  rig.backends[1]!.heartbeat = 'answers';
  await rig.clock.advance(2 * HEARTBEAT_MS);
  expect(rig.troubles.of('b1')).toBeUndefined();
});

test('a backend that cannot start ticking is told of until it ticks', async () => {
  rig.backends[1]!.starting = { result: 'Error', message: 'no shards' };
  rig.backends[1]!.status = statusOf(1, { ticking: false }, { state: 'Ready' });
  rig.run();
  await rig.clock.advance(HEARTBEAT_MS);
  const detail = 'it cannot start ticking: no shards';
  expect(rig.troubles.of('b1')).toMatchObject({ code: 'BACKEND_FAILED', detail });
  rig.backends[1]!.starting = { result: 'Ok' };
  rig.backends[1]!.status = statusOf(1);
  await rig.clock.advance(5_000);
  expect(rig.troubles.of('b1')).toBeUndefined();
});

test('a backend that fails is told of at the tick that it was at', async () => {
  rig.run();
  rig.backends[2]!.at(40);
  await rig.clock.advance(HEARTBEAT_MS);
  const failed = { state: 'Failed', failure: 'no memory' } as const;
  rig.backends[2]!.status = statusOf(2, { tick: 41 }, failed);
  await rig.clock.advance(HEARTBEAT_MS);
  const lost = { code: 'BACKEND_LOST', detail: 'no memory', tick: 40 };
  expect(rig.troubles.of('b2')).toMatchObject(lost);
});

test('what was wrong with former backends has gone once all of the present ones answer', async () => {
  rig.troubles.note('b7', { code: 'BACKEND_LOST', detail: 'gone', tick: 3 });
  rig.backends[1]!.heartbeat = new TransportError('timeout', 'no answer');
  rig.run();
  await rig.clock.advance(HEARTBEAT_MS);
  expect(rig.troubles.of('b7')).toBeDefined();
  rig.backends[1]!.heartbeat = 'answers';
  await rig.clock.advance(2 * HEARTBEAT_MS);
  expect(rig.troubles.of('b7')).toBeUndefined();
});
