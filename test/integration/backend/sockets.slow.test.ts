import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Backend, createBackend } from '../../../services/backend/app.ts';
import { type Listener, listen } from '../../../services/platform/process/service-process.ts';
import { RpcClient, type RpcTarget } from '../../../services/platform/rpc/rpc-client.ts';
import { UndiciTransport } from '../../../services/platform/rpc/undici-transport.ts';
import { SystemClock } from '../../../services/platform/runtime/system-clock.ts';
import { SystemRandomness } from '../../../services/platform/runtime/system-randomness.ts';
import type { RpcMethodName, RpcRequest } from '../../../services/protocol/wire/rpc.ts';
import { addDigests, formatDigest, parseDigest } from '../../../services/world/measuring/digest.ts';
import { ENGINE_VERSION } from '../../../services/world/spec/spec.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { expectedDigest, INSTANCE, SECRET, SPEC } from './harness.ts';

/** Real sockets on the loopback interface, and the time of this machine. */

const FENCE = { generation: 1, epoch: 1, topologyVersion: 1 };
const transport = new UndiciTransport();
const client = new RpcClient({ transport, secret: SECRET, selfBootId: 'leader' });

interface Member {
  backend: Backend;
  listener: Listener;
  target: RpcTarget;
  log: MemoryLog;
}

let members: Member[] = [];
afterEach(async () => {
  for (const { backend } of members) await backend.close();
  for (const { listener } of members) await listener.close();
  members = [];
});

async function start(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const bootId = `boot-${i}`;
    const log = new MemoryLog();
    const backend = createBackend({
      bootId,
      id: bootId,
      pid: i,
      clock: new SystemClock(),
      randomness: new SystemRandomness(),
      log,
      rpcSecret: SECRET,
      transport: new UndiciTransport(),
      memoryLimitBytes: 2 ** 30,
    });
    const app = { fetch: backend.app.fetch, upgrade: backend.upgrade };
    const listener = await listen(app, { host: '127.0.0.1', port: 0 });
    const target = { origin: `http://127.0.0.1:${listener.port}`, bootId };
    members.push({ backend, listener, target, log });
  }
  const topology = {
    ...FENCE,
    colonyInstanceId: INSTANCE,
    width: SPEC.width,
    height: SPEC.height,
    shardSize: SPEC.shardSize,
    ticksPerExchange: 1,
    backends: members.map(({ target }) => ({
      bootId: target.bootId,
      id: target.bootId,
      address: target.origin,
    })),
    owners: Array.from({ length: 12 }, (_, shard) => Math.floor((shard * count) / 12)),
  };
  const { epoch: _epoch, ...withoutEpoch } = topology;
  await all('initializeColony', {
    colonyInstanceId: INSTANCE,
    stored: { engineVersion: ENGINE_VERSION, spec: SPEC },
  });
  await all('initializeTopology', { topology: withoutEpoch });
  await all('initializeShards', {});
  await all('startTicking', {});
}

const all = <M extends RpcMethodName>(method: M, request: RpcRequest<M>) =>
  Promise.all(members.map(({ target }) => client.call(method, target, FENCE, request)));

let grants = 0;

/** Grants ticks up to this one, and resolves with the digest once all are there. */
async function digestAt(tick: number): Promise<string> {
  const grant = { horizon: tick, ticksPerSecond: null, durableThroughTick: -1 };
  for (;;) {
    const grantNumber = ++grants;
    const replies = await all('heartbeat', { ...grant, grantNumber, events: [], eventSeq: 0 });
    const parts = replies.flatMap(({ samples }) => samples.find((s) => s.tick === tick) ?? []);
    if (parts.length === members.length) {
      const sum = parts.reduce((total, { digest }) => {
        return addDigests(total, parseDigest(digest ?? ''));
      }, 0n);
      return formatDigest(sum);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('halos over sockets give the digests of the world in one piece', async () => {
  await start(3);
  expect(await digestAt(100)).toBe(expectedDigest(100));
  const levels = members.flatMap(({ log }) => log.lines.map(({ level }) => level));
  expect(new Set(levels)).not.toContain('warn');
});

test('strangers who open more than is taken close their own connections, and the world ticks', async () => {
  await start(2);
  const [{ listener }] = members as [Member];
  const idle = Array.from({ length: 600 }, () => connect(listener.port, '127.0.0.1'));
  const head = `POST /rpc/initializeTopology HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1040000\r\n\r\n`;
  const unfinished = Array.from({ length: 60 }, () => {
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(head + ' '.repeat(500_000));
    return socket;
  });
  const strangers = [...idle, ...unfinished];
  for (const socket of strangers) socket.on('error', () => undefined).resume();
  try {
    expect(await digestAt(100)).toBe(expectedDigest(100));
    const isDone = () =>
      unfinished.every((socket) => socket.destroyed) &&
      idle.filter((socket) => socket.destroyed).length >= 600 - 512;
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await all('ping', {})).toHaveLength(2);
    // Those whose heads are not signed are told so, whatever their bodies are.
    expect(members[0]?.log.messages('warn').slice(0, 1)).toEqual(['A call was refused.']);
  } finally {
    for (const socket of strangers) socket.destroy();
  }
});

test('a backend that ends lets go of its sockets, those of its neighbours included', async () => {
  await start(2);
  await digestAt(100);
  const [first] = members.splice(0, 1) as [Member];
  await first.backend.close();
  // It would wait for any socket that is left.
  await first.listener.close();
  expect(members[0]?.log.messages('error')).toEqual([]);
});
