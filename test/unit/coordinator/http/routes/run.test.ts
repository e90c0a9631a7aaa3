import { expect, test } from 'vitest';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { fixture, jsonOf } from '../fake-colony-api.ts';

test.each(['pause', 'resume'])('POST /colony-%s says how the colony runs on', async (verb) => {
  const { send, calls } = fixture();
  const answer = await send('POST', `/colony-${verb}`);
  expect(answer).toMatchObject({
    status: 200,
    body: { colonyInstanceId: 'i-1', paused: verb === 'pause', effectiveTick: 120 },
  });
  expect(calls).toEqual([[verb]]);
});

test('POST /colony-step passes ticks and key on', async () => {
  const { send, calls } = fixture();
  expect((await send('POST', '/colony-step?ticks=50&idempotency_key=s1')).status).toBe(200);
  expect(calls).toEqual([['step', { key: 's1', ticks: 50 }]]);
});

test('POST /colony-step does one tick by default', async () => {
  const { send, calls } = fixture();
  expect((await send('POST', '/colony-step?idempotency_key=s1')).status).toBe(200);
  expect(calls).toEqual([['step', { key: 's1', ticks: 1 }]]);
});

test.each([
  ['ticks=0&idempotency_key=k', 'BAD_REQUEST'],
  ['ticks=-1&idempotency_key=k', 'BAD_REQUEST'],
  ['ticks=1.5&idempotency_key=k', 'BAD_REQUEST'],
  ['ticks=1000001&idempotency_key=k', 'BAD_REQUEST'],
  ['ticks=0x10&idempotency_key=k', 'BAD_REQUEST'],
  ['ticks=&idempotency_key=k', 'BAD_REQUEST'],
  ['ticks=5', 'IDEMPOTENCY_KEY_MISSING'],
])('POST /colony-step?%s is refused with %s', async (query, code) => {
  const { send, calls } = fixture();
  const answer = await send('POST', `/colony-step?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { code } });
  expect(calls).toEqual([]);
});

test.each([
  [60, 60],
  [0.5, 0.5],
  [0.001, 0.001],
  [100_000, 100_000],
  [null, null],
  ['unlimited', null],
])('PUT /colony-pace takes %s', async (ticksPerSecond, expected) => {
  const { send, calls } = fixture();
  expect((await send('PUT', '/colony-pace', jsonOf({ ticksPerSecond }))).status).toBe(200);
  expect(calls).toEqual([['setPace', expected]]);
});

test.each([
  [{ ticksPerSecond: 0 }, 'field ticksPerSecond is 0: expected a number from 0.001 to 100000'],
  [{ ticksPerSecond: -5 }, 'ticksPerSecond is -5: expected a number from 0.001 to 100000'],
  [{ ticksPerSecond: 1e-200 }, 'ticksPerSecond is 1e-200'],
  [{ ticksPerSecond: 100_001 }, 'ticksPerSecond is 100001'],
  [{ ticksPerSecond: '60' }, 'ticksPerSecond is "60": expected a number from 0.001 to 100000'],
  [{}, 'ticksPerSecond is missing'],
  [{ ticksPerSecond: 60, pace: 1 }, 'unknown field pace'],
])('PUT /colony-pace refuses %j', async (body, detail) => {
  const { send, calls } = fixture();
  const answer = await send('PUT', '/colony-pace', jsonOf(body));
  expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  expect(answer.body.detail).toContain(detail);
  expect(calls).toEqual([]);
});

test('PUT /colony-pace needs a body', async () => {
  const { send } = fixture();
  const answer = await send('PUT', '/colony-pace');
  expect(answer).toMatchObject({
    status: 400,
    body: { detail: 'the body is empty, expected JSON' },
  });
});

test.each([1, 8, 1024])('PUT /colony-scale takes %i', async (backends) => {
  const { send, calls } = fixture();
  const answer = await send('PUT', '/colony-scale', jsonOf({ backends }));
  expect(answer).toMatchObject({ status: 200, body: { backends: 8, before: 4 } });
  expect(calls).toEqual([['scale', backends]]);
});

test.each([
  [{ backends: 0 }, 'field backends is 0: expected a whole number from 1 to 1024'],
  [{ backends: 1025 }, 'backends is 1025: expected a whole number from 1 to 1024'],
  [{ backends: 1.5 }, 'backends is 1.5: expected a whole number from 1 to 1024'],
  [{ backends: -1 }, 'backends is -1'],
  [{ backends: '4' }, 'backends is "4": expected a whole number from 1 to 1024'],
  [{ backends: null }, 'backends is null'],
  [{}, 'backends is missing'],
  [{ backends: 4, before: 2 }, 'unknown field before'],
])('PUT /colony-scale refuses %j', async (body, detail) => {
  const { send, calls } = fixture();
  const answer = await send('PUT', '/colony-scale', jsonOf(body));
  expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  expect(answer.body.detail).toContain(detail);
  expect(calls).toEqual([]);
});

test('PUT /colony-scale of a colony that has failed is refused with its code', async () => {
  const scale = async () => {
    throw new ColonyError('COLONY_FAILED', 'digests differ');
  };
  const answer = await fixture({ service: { scale } }).send(
    'PUT',
    '/colony-scale',
    jsonOf({ backends: 4 }),
  );
  expect(answer).toMatchObject({ status: 409, body: { code: 'COLONY_FAILED' } });
});

test('a step while the colony runs is refused with the code of the service', async () => {
  const { send } = fixture({
    service: {
      step: async () => {
        throw new ColonyError('COLONY_NOT_PAUSED', 'the colony runs');
      },
    },
  });
  const answer = await send('POST', '/colony-step?idempotency_key=k');
  expect(answer).toMatchObject({ status: 409, body: { code: 'COLONY_NOT_PAUSED' } });
});
