import { describe, expect, test } from 'vitest';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { fixture, injected, jsonOf } from '../fake-colony-api.ts';

const PATH = '/colony-events?idempotency_key=k';

describe('POST /colony-events', () => {
  test('passes key and request on and answers the event', async () => {
    const { send, calls } = fixture();
    const request = { kind: 'ruleChange', rule: 'maxFood', percent: -20, tick: 900 };
    expect(await send('POST', PATH, jsonOf(request))).toMatchObject({
      status: 200,
      body: injected,
    });
    expect(calls).toEqual([['inject', { key: 'k', request }]]);
  });

  test('takes the key from the header too', async () => {
    const { send, calls } = fixture();
    const { headers, body } = jsonOf({ kind: 'extinction' });
    const withKey = { ...headers, 'Idempotency-Key': 'other' };
    await send('POST', '/colony-events', { headers: withKey, body });
    expect(calls).toEqual([['inject', { key: 'other', request: { kind: 'extinction' } }]]);
  });

  test.each([
    ['no key', '/colony-events', { kind: 'extinction' }, 'IDEMPOTENCY_KEY_MISSING'],
    ['a foreign parameter', `${PATH}&tick=3`, { kind: 'extinction' }, 'BAD_REQUEST'],
    ['no kind', PATH, {}, 'BAD_REQUEST'],
    ['a foreign field', PATH, { kind: 'newTopography', x: 1 }, 'BAD_REQUEST'],
    ['a list', PATH, [], 'BAD_REQUEST'],
  ])('with %s is refused', async (_what, path, request, code) => {
    const { send, calls } = fixture();
    expect(await send('POST', path, jsonOf(request))).toMatchObject({
      status: 400,
      body: { code },
    });
    expect(calls).toEqual([]);
  });

  test('without a body is refused', async () => {
    const { send } = fixture();
    expect(await send('POST', PATH)).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  });

  test('tells the lowest possible tick with a refusal', async () => {
    const inject = async () => {
      throw new ColonyError('EVENT_TICK_PASSED', 'tick 5', { extra: { lowestTick: 701 } });
    };
    const { send } = fixture({ service: { inject } });
    const answer = await send('POST', PATH, jsonOf({ kind: 'extinction', tick: 5 }));
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'EVENT_TICK_PASSED', lowestTick: 701 },
    });
  });

  test('is cancelled by its sequence', async () => {
    const { send, calls } = fixture();
    const answer = await send('DELETE', '/colony-events/7');
    expect(answer).toMatchObject({ status: 200, body: { ...injected, cancelled: true } });
    expect(calls).toEqual([['cancelEvent', 7]]);
  });

  test.each(['0', '-1', '1.5', 'first', '100001'])('is not cancelled by %s', async (sequence) => {
    const { send, calls } = fixture();
    expect(await send('DELETE', `/colony-events/${sequence}`)).toMatchObject({
      status: 400,
      body: {
        code: 'BAD_REQUEST',
        detail: expect.stringContaining('expected an integer from 1 to 100000'),
      },
    });
    expect(calls).toEqual([]);
  });

  test('at a standby is passed on to the leader with its body', async () => {
    const forwarded: Request[] = [];
    const leadership = () => ({ leads: false, leaderAddress: 'http://127.0.0.1:8083' });
    const forward = async (request: Request) => {
      forwarded.push(request.clone());
      return Response.json(injected);
    };
    const { send, calls } = fixture({ service: { leadership }, http: { forward } });
    await send('POST', PATH, jsonOf({ kind: 'extinction' }));
    expect(await forwarded[0]?.json()).toEqual({ kind: 'extinction' });
    expect(calls).toEqual([]);
  });
});
