import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { traced } from '../../../../services/platform/observability/tracing.ts';
import { RpcClient } from '../../../../services/platform/rpc/rpc-client.ts';
import { rpcMethod } from '../../../../services/platform/rpc/rpc-server.ts';
import { rpcPath } from '../../../../services/protocol/wire/rpc.ts';
import { ReplayGuard } from '../../../../services/protocol/wire/rpc-auth.ts';
import { MemoryLog } from '../../../simulation/memory-log.ts';
import { MemoryTracing } from '../../../simulation/memory-tracing.ts';
import { MemoryNetwork } from '../../../simulation/network/memory-network.ts';
import { VirtualClock } from '../../../simulation/virtual-clock.ts';
import { fence, ORIGIN, PING, SECRET, status, target } from './rpc-fixture.ts';

/** A caller and a backend that tell of their spans. */
function setUp() {
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock);
  const tracing = new MemoryTracing();
  const answering = new MemoryTracing();
  const log = new MemoryLog();
  const { bootId } = target;
  const options = { secret: SECRET, bootId, guard: new ReplayGuard(), log, tracing: answering };
  const app = new Hono().post(
    rpcPath('ping'),
    rpcMethod(options, 'ping', (call) => status(call.fence)),
  );
  network.attach(ORIGIN, app);
  const transport = network.transportOf('http://10.0.0.1');
  const client = new RpcClient({ transport, secret: SECRET, selfBootId: 'coordinator-1', tracing });
  const ping = async () => {
    const done = client.call('ping', target, fence, {});
    await clock.advance(10_000);
    return done;
  };
  return { tracing, answering, ping, app };
}

test('a call that belongs to a span names it to the backend, whose span belongs to the call', async () => {
  const { tracing, answering, ping } = setUp();
  await traced(tracing, 'start', {}, ping);
  const [, call] = tracing.spans;
  expect(call).toMatchObject({ name: `call ${PING}`, parent: 'start', outcome: 'done' });
  expect(answering.spans).toMatchObject([
    { name: `answer ${PING}`, parent: call?.traceparent, outcome: 'done' },
  ]);
});

test('a call that belongs to no span is none, here and there', async () => {
  const { tracing, answering, ping } = setUp();
  await ping();
  expect([...tracing.spans, ...answering.spans]).toEqual([]);
});

test('a call that is not authentic makes no span', async () => {
  const { answering, app } = setUp();
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const answer = await app.request(PING, { method: 'POST', headers: { traceparent } });
  expect(answer.status).toBe(401);
  expect(answering.spans).toEqual([]);
});
