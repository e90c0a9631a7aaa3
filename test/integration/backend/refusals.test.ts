import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HaloHeader } from '../../../services/protocol/wire/halo-codec.ts';
import { rpcPath } from '../../../services/protocol/wire/rpc.ts';
import { signCall } from '../../../services/protocol/wire/rpc-auth.ts';
import { createHaloMessage } from '../../support/halos/halo-message.ts';
import { HaloSender, type SentStream } from '../../support/halos/halo-sender.ts';
import { HaloSubscriberPeer } from '../../support/halos/halo-subscriber.ts';
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
      'a picture of an unknown layer',
      {
        path: rpcPath('readPicture'),
        body: '{"layer":"x","x":0,"y":0,"width":1,"height":1,"scale":1}',
      },
      400,
      'BAD_REQUEST',
    ],
    [
      'a picture beyond the world',
      {
        path: rpcPath('readPicture'),
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

/** Codes of what this backend did not take by streams. */
const refusals = () =>
  cluster.log.lines
    .filter(
      ({ fields, message: text }) =>
        fields['backend'] === 0 && text.startsWith('A stream does not'),
    )
    .map(({ fields }) => (fields['err'] as { code?: string }).code);

describe('in place of a neighbour who sends', () => {
  const neighbour = () => cluster.members[1]!;
  let sender: HaloSender;
  beforeAll(() => {
    const { target, backend } = neighbour();
    sender = new HaloSender({ secret: SECRET, bootId: target.bootId, fence: cluster.fence });
    cluster.network.detach(target.origin);
    cluster.network.attach(target.origin, { fetch: backend.app.fetch, upgrade: sender.upgrade });
  });

  /** The halo of a tick that the neighbour has for the backend that these tests are about. */
  async function haloOf(tick: number): Promise<Uint8Array> {
    const { target, backend } = neighbour();
    const call = {
      senderBootId: 'boot-0',
      targetBootId: target.bootId,
      sequence: nextSequence++,
      fence: cluster.fence,
    };
    const path = rpcPath('pullHalo');
    const body = new TextEncoder().encode(JSON.stringify({ tick }));
    const headers = signCall(SECRET, call, 'POST', path, body);
    const url = target.origin + path;
    const response = await backend.app.request(url, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** A stream to the backend that these tests are about. */
  async function openStream(): Promise<SentStream> {
    const find = () => sender.streams.findLast((s) => s.subscriber === 'boot-0' && !s.isEnded);
    while (find() === undefined) await cluster.clock.advance(10);
    return find()!;
  }

  const cases: [name: string, message: Uint8Array, code: string][] = [
    ['one in the name of another', halo({ senderIndex: 2 }), 'HALO_INVALID'],
    ['one of the wrong size', halo(), 'HALO_INVALID'],
    ['one of another topology', halo({ topologyVersion: 2 }), 'HALO_INVALID'],
  ];
  test.each(cases)('%s is refused, and the world keeps ticking', async (_name, message, code) => {
    const before = refusals().length;
    const stream = await openStream();
    stream.send(message);
    await cluster.settle();
    expect(refusals().slice(before)).toEqual([code]);
    expect(stream.isEnded).toBe(false);
    await expectTheWorldTicksOn();
  });

  test('the very one that is wanted is refused under a former fence, and pulled at once', async () => {
    const tick = cluster.tickOf(member);
    const wanted = await haloOf(tick);
    const stream = await openStream();
    const before = refusals().length;
    const sinceMs = cluster.clock.nowMs();
    stream.send(wanted, { ...cluster.fence, epoch: 0 });
    await cluster.settle();
    expect(refusals().slice(before)).toEqual(['STALE_FENCE']);
    await cluster.runTo(tick + 1);
    expect(cluster.clock.nowMs() - sinceMs).toBeLessThan(1_000);
  });

  test('one that does not end is overtaken by a pull', async () => {
    const tick = cluster.tickOf(member);
    const { stream } = await openStream();
    const frame = sender.latest.frame(await haloOf(tick));
    const sinceMs = cluster.clock.nowMs();
    stream.write(frame.subarray(0, frame.length / 2));
    await cluster.runTo(tick + 1);
    expect(cluster.clock.nowMs() - sinceMs).toBeLessThan(1_000);
  });

  test.each<[string, (stream: SentStream) => void]>([
    ['one that is larger than any may be', (stream) => stream.send(halo({}, 1_000_000))],
    ['one without a header', (stream) => stream.send(new Uint8Array(3))],
    ['bytes that are no frame', ({ stream }) => stream.write(new Uint8Array(100))],
  ])('%s: the stream ends, and the world keeps ticking', async (_name, write) => {
    const stream = await openStream();
    write(stream);
    await cluster.settle();
    expect(stream.isEnded).toBe(true);
    await expectTheWorldTicksOn();
  });

  test('one of an exchange that is over is taken and changes nothing', async () => {
    const old = await haloOf(cluster.tickOf(member));
    await cluster.runTo(cluster.tickOf(member) + 10);
    const before = refusals().length;
    const stream = await openStream();
    stream.send(old);
    await expectTheWorldTicksOn();
    expect(refusals().length).toBe(before);
  });
});

test('a stream is refused under a former fence', async () => {
  const opened = HaloSubscriberPeer.open({
    transport: cluster.network.transportOf('http://somewhere:1'),
    secret: SECRET,
    sender: 'boot-1',
    target: member.target,
    fence: { ...cluster.fence, epoch: 0 },
    sequence: nextSequence++,
  });
  await expect(opened).rejects.toThrow('STALE_FENCE');
});

test('after all of them the digest is that of the world in one piece', async () => {
  await cluster.runTo(100);
  expect(cluster.digestAt(100)).toBe(expectedDigest(100));
});
