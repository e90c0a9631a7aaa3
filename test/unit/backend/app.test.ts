import { expect, test } from 'vitest';
import { createBackend } from '../../../services/backend/app.ts';
import { UndiciTransport } from '../../../services/platform/rpc/undici-transport.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';

async function healthOf(unhealthy: () => string | undefined) {
  const backend = createBackend({
    bootId: 'boot-1',
    id: 'backend-1',
    pid: 1,
    clock: new VirtualClock(),
    randomness: new SeededRandomness(1),
    log: new MemoryLog(),
    rpcSecret: 'x'.repeat(16),
    transport: new UndiciTransport(),
    memoryLimitBytes: 2 ** 20,
    unhealthy,
  });
  const answer = await backend.app.request('/healthz');
  await backend.close();
  return { status: answer.status, body: await answer.json() };
}

test('GET /healthz of a backend is 200 while nothing is wrong', async () => {
  expect(await healthOf(() => undefined)).toMatchObject({
    status: 200,
    body: { status: 'ok', id: 'backend-1' },
  });
});

test('GET /healthz of a backend is 503 with the reason when it should be replaced', async () => {
  expect(await healthOf(() => 'not registered')).toMatchObject({
    status: 503,
    body: { status: 'unhealthy', reason: 'not registered', id: 'backend-1' },
  });
});
