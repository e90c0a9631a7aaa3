import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../services/protocol/common/canonical-json.ts';
import type { Fence } from '../../../services/protocol/wire/fence.ts';
import { RPC, type RpcMethodName, rpcPath } from '../../../services/protocol/wire/rpc.ts';
import {
  BODY_HASH_HEADER,
  CALL_HEADER,
  MAC_HEADER,
  signCall,
} from '../../../services/protocol/wire/rpc-auth.ts';
import { BesiegedColony, type Refusal, refusalIn } from '../../simulation/besieged-colony.ts';
import { type BackendMember, TEST_SECRET } from '../../simulation/colony-cluster.ts';

/**
 * Calls of the private RPC as a stranger, a replay or a broken peer makes them: each is a problem
 * with status 4xx, and the world ticks on.
 */

type Bytes = Uint8Array<ArrayBuffer>;

let colony: BesiegedColony;
beforeAll(async () => {
  colony = await BesiegedColony.start('the-key');
});
afterEach(() => colony.expectItTicksOn());
afterAll(() => colony.cluster.close());

describe('on the private RPC of a backend', () => {
  const backend = () => colony.backends[0] as BackendMember;
  const send = async (request: Request, to = backend()): Promise<Refusal> =>
    refusalIn(await colony.cluster.during(Promise.resolve(to.backend.app.fetch(request))));
  const requestOf = (path: string, body: Bytes, headers: Record<string, string>, to = backend()) =>
    new Request(`${to.origin}${path}`, { method: 'POST', headers, body });

  /** Own numbers: those of the real peers are left to them. */
  let sequence = 0;
  /** Signed by somebody who has the secret and no sense. */
  function signed(path: string, body: Bytes, call: { fence?: Fence; target?: string } = {}) {
    const { fence = backend().backend.status().fence, target = backend().entry.bootId } = call;
    const about = { senderBootId: 'somebody', targetBootId: target, sequence: ++sequence, fence };
    return requestOf(path, body, signCall(TEST_SECRET, about, 'POST', path, body));
  }

  /** The next call on this path that really comes to the backend; `instead` answers it. */
  async function nextCall(
    path: string,
    instead: (request: Request) => Promise<Response>,
  ): Promise<void> {
    const { origin, backend: real } = backend();
    let isAnswered = false;
    colony.cluster.network.detach(origin);
    colony.cluster.network.attach(origin, {
      async fetch(request) {
        if (isAnswered || new URL(request.url).pathname !== path) return real.app.fetch(request);
        isAnswered = true;
        return instead(request);
      },
    });
    await colony.cluster.until(() => isAnswered, `a call of ${path}`, 20_000);
    colony.cluster.network.detach(origin);
    colony.cluster.network.attach(origin, { fetch: real.app.fetch, upgrade: real.upgrade });
  }

  /** A copy of such a call, which was answered as always, or which never arrives. */
  async function captured(
    path: string,
    { arrives = true } = {},
  ): Promise<{ headers: Record<string, string>; body: Bytes }> {
    let body: Bytes = new Uint8Array(0);
    let headers: Record<string, string> = {};
    await nextCall(path, async (request) => {
      body = new Uint8Array(await request.clone().arrayBuffer());
      headers = Object.fromEntries(
        [CALL_HEADER, BODY_HASH_HEADER, MAC_HEADER].map((name) => [
          name,
          request.headers.get(name) ?? '',
        ]),
      );
      if (!arrives) throw new Error('it is lost on its way');
      return backend().backend.app.fetch(request);
    });
    return { headers, body };
  }

  test('a replay of a real call', async () => {
    const { headers, body } = await captured('/rpc/heartbeat');
    const replay = (to = backend()) => requestOf('/rpc/heartbeat', body, headers, to);
    expect(await send(replay())).toEqual({ status: 409, code: 'RPC_REPLAYED' });
    const [, neighbour] = colony.backends;
    expect(await send(replay(neighbour), neighbour)).toEqual({
      status: 421,
      code: 'FOREIGN_BOOT_ID',
    });
  });

  test('a real call with another body, at another path, by another sender', async () => {
    const { headers, body } = await captured('/rpc/heartbeat', { arrives: false });
    const refused = { status: 401, code: 'RPC_UNAUTHENTICATED' };
    const more = new TextEncoder().encode('{"horizon":1000000}');
    expect(await send(requestOf('/rpc/heartbeat', more, headers))).toEqual(refused);
    const hash = { [BODY_HASH_HEADER]: sha256(more) };
    expect(await send(requestOf('/rpc/heartbeat', more, { ...headers, ...hash }))).toEqual(refused);
    expect(await send(requestOf('/rpc/releaseColony', body, headers))).toEqual(refused);
    const call = (headers[CALL_HEADER] ?? '').replace(
      colony.leader.entry.bootId,
      colony.standby.entry.bootId,
    );
    const forged = { ...headers, [CALL_HEADER]: call };
    expect(call).not.toBe(headers[CALL_HEADER]);
    expect(await send(requestOf('/rpc/heartbeat', body, forged))).toEqual(refused);
    const answer = backend().backend.app.fetch(requestOf('/rpc/heartbeat', body, headers));
    expect((await colony.cluster.during(Promise.resolve(answer))).status).toBe(200);
  });

  test('calls of a former epoch, generation or topology', async () => {
    const { fence } = backend().backend.status();
    const none = new TextEncoder().encode('{}');
    for (const change of [
      { epoch: fence.epoch - 1 },
      { generation: fence.generation - 1 },
      { topologyVersion: fence.topologyVersion - 1 },
    ]) {
      const call = signed(rpcPath('startTicking'), none, { fence: { ...fence, ...change } });
      expect(await send(call)).toEqual({ status: 409, code: 'STALE_FENCE' });
    }
  });

  test('any bytes and any JSON as the body of any call', async () => {
    const methods = fc.constantFrom(...(Object.keys(RPC) as RpcMethodName[]));
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .json({ maxDepth: 4 })
        .filter((text) => text !== '{}')
        .map((text) => new TextEncoder().encode(text)),
    );
    await fc.assert(
      fc.asyncProperty(methods, bodies, async (method, body) => {
        const answer = await send(signed(rpcPath(method), body as Bytes));
        return answer.status === 400 && answer.code === 'BAD_REQUEST';
      }),
      { numRuns: 200 },
    );
  });

  test('any headers in place of a signature', async () => {
    const { headers } = await captured('/rpc/heartbeat');
    const text = fc.string({ maxLength: 80, unit: 'grapheme-ascii' }).map((s) => s.trim());
    const calls = fc.oneof(text, fc.constant(headers[CALL_HEADER] ?? ''));
    await fc.assert(
      fc.asyncProperty(calls, text, async (call, mac) => {
        const forged = { [CALL_HEADER]: call, [MAC_HEADER]: mac };
        const answer = await send(requestOf('/rpc/ping', new TextEncoder().encode('{}'), forged));
        return answer.status === 401;
      }),
      { numRuns: 100 },
    );
  });
});

test('after all of them the digests are those of the world in one piece, and nothing was unexpected', () =>
  colony.expectNoHarm());
