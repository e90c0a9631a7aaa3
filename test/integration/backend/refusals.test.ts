import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHaloMessage, type HaloHeader } from '../../../services/protocol/halo-codec.ts';
import { rpcPath } from '../../../services/protocol/rpc.ts';
import { signCall } from '../../../services/protocol/rpc-auth.ts';
import { HaloPeer } from '../../support/halo-peer.ts';
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

const halo = (change: Partial<HaloHeader> = {}, bytes = 48) =>
  createHaloMessage(
    { generation: 1, topologyVersion: 1, tick: 10, senderIndex: 1, ...change },
    bytes,
  );

const openPeer = (sender = 'boot-1', fence = cluster.fence) =>
  HaloPeer.open({
    transport: cluster.network.transportOf('http://somewhere:1'),
    secret: SECRET,
    sender,
    target: member.target,
    fence,
    sequence: nextSequence++,
  });

describe('each of these halos is refused on its stream, and the world keeps ticking', () => {
  const cases: [name: string, sender: string, message: Uint8Array, code: string][] = [
    ['of a stranger', 'boot-9', halo(), 'HALO_INVALID'],
    ['in the name of another backend', 'boot-2', halo(), 'HALO_INVALID'],
    ['of the wrong size', 'boot-1', halo(), 'HALO_INVALID'],
    ['of another topology', 'boot-1', halo({ topologyVersion: 2 }), 'HALO_INVALID'],
    ['without a header', 'boot-1', new Uint8Array(3), 'HALO_INVALID'],
  ];
  test.each(cases)('one %s', async (_name, sender, message, code) => {
    const peer = await openPeer(sender);
    peer.send(message);
    expect(await peer.refused()).toEqual([code]);
    await expectTheWorldTicksOn();
  });

  test('one under a former fence', async () => {
    const peer = await openPeer();
    peer.send(halo(), { ...cluster.fence, epoch: 0 });
    expect(await peer.refused()).toEqual(['STALE_FENCE']);
    await expectTheWorldTicksOn();
  });

  test('a refusal in place of one', async () => {
    const peer = await openPeer();
    peer.stream.write(peer.frame(halo(), { kind: 'refusal' }));
    expect(await peer.refused()).toEqual(['HALO_INVALID']);
    await expectTheWorldTicksOn();
  });
});

describe('each of these ends its stream, and the world keeps ticking', () => {
  const cases: [name: string, write: (peer: HaloPeer) => void][] = [
    ['a halo larger than any may be', (peer) => peer.send(halo({}, 1_000_000))],
    [
      'a frame that was changed',
      (peer) => {
        const frame = peer.frame(halo());
        frame[frame.length - 1] = 1;
        peer.stream.write(frame);
      },
    ],
    [
      'a frame that is sent again',
      (peer) => {
        const frame = peer.frame(halo());
        peer.stream.write(frame, frame);
      },
    ],
    [
      'a frame after one that was lost',
      (peer) => {
        peer.frame(halo());
        peer.send(halo());
      },
    ],
    ['bytes that are no frame', (peer) => peer.stream.write(new Uint8Array(100))],
  ];
  test.each(cases)('%s', async (_name, write) => {
    const peer = await openPeer();
    write(peer);
    await peer.ended;
    await expectTheWorldTicksOn();
  });

  test('a frame that does not end', async () => {
    const peer = await openPeer('boot-9');
    peer.stream.write(peer.frame(halo()).subarray(0, 60));
    await cluster.runFor(9_000, cluster.tickOf(member));
    expect(peer.isEnded).toBe(false);
    await cluster.runFor(2_000, cluster.tickOf(member));
    expect(peer.isEnded).toBe(true);
    await expectTheWorldTicksOn();
  });
});

test('a stream is refused under a former fence', async () => {
  await expect(openPeer('boot-1', { ...cluster.fence, epoch: 0 })).rejects.toThrow('STALE_FENCE');
});

test('a halo of an exchange that is over is taken and changes nothing', async () => {
  const neighbour = cluster.members[1]!;
  const call = {
    senderBootId: 'boot-0',
    targetBootId: 'boot-1',
    sequence: nextSequence++,
    fence: cluster.fence,
  };
  const path = rpcPath('pullHalo');
  const body = new TextEncoder().encode(JSON.stringify({ tick: cluster.tickOf(member) }));
  const headers = signCall(SECRET, call, 'POST', path, body);
  const url = neighbour.target.origin + path;
  const response = await neighbour.backend.app.request(url, { method: 'POST', headers, body });
  expect(response.status).toBe(200);
  const old = new Uint8Array(await response.arrayBuffer());
  await cluster.runTo(cluster.tickOf(member) + 10);
  const peer = await openPeer();
  peer.send(old);
  await expectTheWorldTicksOn();
  expect(peer.refusals).toEqual([]);
});

test('after all of them the digest is that of the world in one piece', async () => {
  await cluster.runTo(100);
  expect(cluster.digestAt(100)).toBe(expectedDigest(100));
});
