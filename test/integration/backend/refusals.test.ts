import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHaloMessage } from '../../../services/protocol/halo-codec.ts';
import { HALO_PATH, rpcPath } from '../../../services/protocol/rpc.ts';
import { signCall } from '../../../services/protocol/rpc-auth.ts';
import { Cluster, expectedDigest, type Member, SECRET } from './harness.ts';

let cluster: Cluster;
let member: Member;
beforeAll(async () => {
  cluster = new Cluster();
  member = cluster.members[0]!;
  await cluster.start();
  await cluster.runTo(10);
});
afterAll(() => cluster.close());

interface Raw {
  path?: string;
  secret?: string;
  sender?: string;
  target?: string;
  sequence?: number;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** Not shared with the calls of real peers. */
let nextSequence = 500;

/** A request as an attacker or a broken peer might make it; by default a good ping. */
function requestOf(raw: Raw): Request {
  const { path = rpcPath('ping'), secret = SECRET, body = '{}', sequence = nextSequence++ } = raw;
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const call = {
    senderBootId: raw.sender ?? 'somebody',
    targetBootId: raw.target ?? 'boot-0',
    sequence,
    fence: cluster.fence,
  };
  const headers = raw.headers ?? signCall(secret, call, 'POST', path, bytes);
  return new Request(`http://backend-0:9000${path}`, { method: 'POST', headers, body: bytes });
}

async function answerTo(raw: Raw): Promise<{ status: number; code?: unknown }> {
  const response = await member.backend.app.fetch(requestOf(raw));
  const text = await response.text();
  const { code } = text === '' ? {} : JSON.parse(text);
  return { status: response.status, ...(code !== undefined && { code }) };
}

async function expectTheWorldTicksOn(): Promise<void> {
  await cluster.runTo(cluster.tickOf(member) + 2);
}

test('a good call is answered, so that the refusals below have their reason', async () => {
  expect(await answerTo({})).toEqual({ status: 200 });
});

const halo = (tick: number, bytes: number, senderIndex = 1, version = 1) =>
  createHaloMessage(
    { generation: 1, topologyVersion: version, tick, senderIndex },
    bytes,
  ) as Uint8Array<ArrayBuffer>;

describe('each of these is a problem, and the world keeps ticking', () => {
  const cases: [name: string, raw: Raw, status: number, code: string][] = [
    ['a wrong signature', { secret: 'guessed' }, 401, 'RPC_UNAUTHENTICATED'],
    ['no signature', { headers: {} }, 401, 'RPC_UNAUTHENTICATED'],
    ['another boot id', { target: 'boot-1' }, 421, 'FOREIGN_BOOT_ID'],
    ['a body that is not JSON', { body: '{"a"' }, 400, 'BAD_REQUEST'],
    ['an unknown field', { body: '{"a":1}' }, 400, 'BAD_REQUEST'],
    ['an oversize body', { body: ' '.repeat(70_000) }, 413, 'BODY_TOO_LARGE'],
    [
      'a negative horizon',
      {
        path: rpcPath('heartbeat'),
        body: '{"horizon":-1,"ticksPerSecond":null,"durableThroughTick":-1}',
      },
      400,
      'BAD_REQUEST',
    ],
    ['an unknown method', { path: '/rpc/destroy' }, 404, 'NOT_FOUND'],
    [
      'a halo of a stranger',
      { path: HALO_PATH, sender: 'boot-9', body: halo(10, 48) },
      400,
      'HALO_INVALID',
    ],
    [
      'a halo in the name of another backend',
      { path: HALO_PATH, sender: 'boot-2', body: halo(10, 48) },
      400,
      'HALO_INVALID',
    ],
    [
      'a halo of the wrong size',
      { path: HALO_PATH, sender: 'boot-1', body: halo(10, 48) },
      400,
      'HALO_INVALID',
    ],
    [
      'a halo of another topology',
      { path: HALO_PATH, sender: 'boot-1', body: halo(10, 48, 1, 2) },
      400,
      'HALO_INVALID',
    ],
    [
      'a halo larger than any may be',
      { path: HALO_PATH, sender: 'boot-1', body: halo(10, 1_000_000) },
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'a pull of a stranger',
      { path: rpcPath('pullHalo'), sender: 'boot-9', body: '{"tick":10}' },
      400,
      'HALO_INVALID',
    ],
    [
      'a pull of what is not there yet',
      { path: rpcPath('pullHalo'), sender: 'boot-1', body: '{"tick":11}' },
      409,
      'HALO_NOT_READY',
    ],
    [
      'a frame of an unknown layer',
      {
        path: rpcPath('readFrame'),
        body: '{"layer":"x","x":0,"y":0,"width":1,"height":1,"scale":1}',
      },
      400,
      'BAD_REQUEST',
    ],
    [
      'a frame beyond the world',
      {
        path: rpcPath('readFrame'),
        body: '{"layer":"food","x":100,"y":0,"width":1000000000,"height":1,"scale":1}',
      },
      400,
      'FRAME_OUTSIDE_WORLD',
    ],
  ];
  test.each(cases)('%s', async (_name, raw, status, code) => {
    expect(await answerTo(raw)).toEqual({ status, code });
    await expectTheWorldTicksOn();
  });

  test('a call that is replayed', async () => {
    expect(await answerTo({ sequence: 400 })).toEqual({ status: 200 });
    expect(await answerTo({ sequence: 400 })).toEqual({ status: 409, code: 'RPC_REPLAYED' });
    await expectTheWorldTicksOn();
  });
});

test('a halo of an exchange that is over is taken and changes nothing', async () => {
  let kept: Request | undefined;
  cluster.network.detach(member.target.origin);
  cluster.network.attach(member.target.origin, {
    fetch(request) {
      if (request.url.endsWith(HALO_PATH) && kept === undefined) kept = request.clone();
      return member.backend.app.fetch(request);
    },
  });
  await cluster.runTo(cluster.tickOf(member) + 10);
  const old = new Uint8Array(await kept!.arrayBuffer());
  const sender = cluster.members.find(({ target }) =>
    kept!.headers.get('colony-call')?.startsWith(target.bootId),
  );
  expect(sender).toBeDefined();
  const raw = { path: HALO_PATH, sender: sender!.target.bootId, body: old };
  expect(await answerTo(raw)).toEqual({ status: 204 });
  await expectTheWorldTicksOn();
});

test('after all of them the digest is that of the world in one piece', async () => {
  await cluster.runTo(100);
  expect(cluster.digestAt(100)).toBe(expectedDigest(100));
});
