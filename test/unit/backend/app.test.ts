import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Backend, type BackendOptions, createBackend } from '../../../services/backend/app.ts';
import { RpcClient } from '../../../services/platform/rpc/rpc-client.ts';
import type { Fence } from '../../../services/protocol/wire/fence.ts';
import { haloTickOf } from '../../../services/protocol/wire/halo-codec.ts';
import { HALO_PATH } from '../../../services/protocol/wire/halo-handshake.ts';
import { readPictureHeader } from '../../../services/protocol/wire/picture-codec.ts';
import {
  type RpcMethodName,
  type RpcRequest,
  rpcPath,
} from '../../../services/protocol/wire/rpc.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { MemoryLog } from '../../simulation/memory-log.ts';
import { MemoryNetwork } from '../../simulation/network/memory-network.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { VirtualClock } from '../../simulation/virtual-clock.ts';
import { askForHalos, HaloSubscriberPeer } from '../../support/halos/halo-subscriber.ts';
import { originCellsOf, stateOf } from '../../support/world-states.ts';
import { alone, COLONY, FENCE, fenceOf, halved, SPEC, STORED } from './hosting/hosting-fixture.ts';
import { topologyOf } from './topology-fixture.ts';

const SECRET = 'a secret of this test';
const ORIGIN = 'http://backend-0:9000';
const TARGET = { origin: ORIGIN, bootId: 'boot-0' };

let clock: VirtualClock;
let log: MemoryLog;
let network: MemoryNetwork;
let backend: Backend;
/** One for each caller, for it numbers the calls. */
let clients: Record<'leader' | 'boot-1', RpcClient>;
beforeEach(() => {
  clock = new VirtualClock();
  log = new MemoryLog();
  network = new MemoryNetwork(clock);
  clients = { leader: clientOf('leader'), 'boot-1': clientOf('boot-1') };
  run();
});
afterEach(() => backend.close());

/** Runs a backend in place of the one before. */
function run(options: Partial<BackendOptions> = {}): void {
  network.detach(ORIGIN);
  backend = createBackend({
    bootId: 'boot-0',
    id: 'backend-1',
    pid: 1,
    clock,
    randomness: new SeededRandomness(1),
    log,
    rpcSecret: SECRET,
    transport: network.transportOf(ORIGIN),
    memoryLimitBytes: 2 ** 30,
    ownAddresses: ['backend-0'],
    ...options,
  });
  network.attach(ORIGIN, { fetch: backend.app.fetch, upgrade: backend.upgrade });
}

function clientOf(selfBootId: string, secret = SECRET): RpcClient {
  const transport = network.transportOf(`http://${selfBootId}:1`);
  return new RpcClient({ transport, secret, selfBootId });
}

/** A call of the leader, or of another process. */
function call<M extends RpcMethodName>(
  method: M,
  request: RpcRequest<M>,
  fence: Fence = FENCE,
  by: keyof typeof clients = 'leader',
) {
  return clients[by].call(method, TARGET, fence, request);
}

async function start(topology = alone()): Promise<void> {
  await call('initializeColony', COLONY);
  await call('initializeTopology', { topology });
  await call('initializeShards', {});
  await call('startTicking', {});
}

const grant = { horizon: 3, grantNumber: 1, ticksPerSecond: null, durableThroughTick: -1 };

describe('the calls of a leader', () => {
  test('are answered with the status, from the first to the last', async () => {
    const status = () => backend.status();
    expect(await call('ping', {})).toEqual(status());
    expect(await call('initializeColony', COLONY)).toEqual(status());
    expect(await call('initializeTopology', { topology: alone() })).toEqual(status());
    expect(status().colony?.topologyVersion).toBe(1);
    expect(await call('initializeShards', {})).toEqual(status());
    expect(status().state).toBe('Ready');
    expect(await call('startTicking', {})).toEqual({ result: 'Ok' });
    await call('heartbeat', grant);
    await clock.advance(100);
    const beat = await call('heartbeat', { ...grant, grantNumber: 2 });
    expect(beat).toMatchObject({ status: status(), samples: [{ tick: 0, shards: 16 }] });
    expect(status().colony?.tick).toBe(3);
    const rect = { layer: 'food', x: 0, y: 0, width: 8, height: 8, scale: 2 } as const;
    const picture = await call('readPicture', rect);
    expect(readPictureHeader(picture)).toEqual({ ...rect, minTick: 3, maxTick: 3 });
    expect(await call('releaseColony', { generation: 1 })).toEqual(status());
    expect(status().state).toBe('Idle');
  });

  test.each(['ping', 'pullHalo'] as const)('count for the fence: %s', async (method) => {
    await start(halved);
    await clock.advance(0);
    const request = method === 'ping' ? {} : { tick: 0 };
    await call(method, request as RpcRequest<typeof method>, fenceOf({ epoch: 3 }), 'boot-1');
    expect(backend.status().fence).toEqual(fenceOf({ epoch: 3 }));
    const late = call(method, request as RpcRequest<typeof method>, FENCE, 'boot-1');
    await expect(late).rejects.toMatchObject({ code: 'STALE_FENCE' });
  });

  test('signed with another secret are refused', async () => {
    await expect(
      clientOf('leader', 'guessed').call('ping', TARGET, FENCE, {}),
    ).rejects.toMatchObject({
      code: 'RPC_UNAUTHENTICATED',
    });
    expect(log.messages('warn')).toEqual(['A call was refused.']);
  });
});

describe('a neighbour', () => {
  const hello = (fence = FENCE) => ({
    ...{ transport: network.transportOf('http://backend-1:9000'), secret: SECRET },
    ...{ sender: 'boot-1', target: TARGET, fence, sequence: 100 },
  });

  test('pulls halos, and gets by a stream those that are kept and those that follow', async () => {
    await start(halved);
    await clock.advance(0);
    const halo = await call('pullHalo', { tick: 0 }, FENCE, 'boot-1');
    expect(haloTickOf(halo)).toBe(0);
    const peer = await HaloSubscriberPeer.open(hello());
    await clock.advance(0);
    expect(peer.frames).toEqual([{ fence: FENCE, payload: Buffer.from(halo) }]);
    await backend.close();
    await clock.advance(0);
    expect(peer.isEnded).toBe(true);
  });

  test('that opens a stream under a former fence is refused, a newer fence counts', async () => {
    await HaloSubscriberPeer.open(hello(fenceOf({ epoch: 2 })));
    expect(backend.status().fence).toEqual(fenceOf({ epoch: 2 }));
    const late = { ...hello(), sequence: 101 };
    await expect(HaloSubscriberPeer.open(late)).rejects.toThrow('STALE_FENCE');
  });

  test('that asks for a stream of another host is refused', async () => {
    const answer = await askForHalos(hello(), { host: 'example.org' });
    if ('stream' in answer) throw new Error('a stream was opened');
    expect(new TextDecoder().decode(answer.body)).toContain('HOST_NOT_ALLOWED');
  });

  test('is asked for halos that do not come, as soon as the timing says', async () => {
    run({ haloTiming: { pullAfterMs: 50, pullEveryMs: 70, timeoutMs: 10 } });
    const asked: string[] = [];
    network.setFault(({ to, path }) => {
      if (to === 'http://backend-1:9000' && path !== HALO_PATH) {
        asked.push(`${path} ${clock.nowMs()}`);
      }
      return undefined;
    });
    await start(halved);
    await call('heartbeat', grant);
    await clock.advance(130);
    expect(asked).toEqual([50, 120].map((atMs) => `${rpcPath('pullHalo')} ${atMs}`));
  });
});

describe('a backend', () => {
  test('cuts its shards for its threads, by default for one', async () => {
    const large = { width: 128, height: 128 };
    const stored = { ...STORED, spec: { ...SPEC, ...large, shardSize: 32 } };
    const topology = topologyOf({ ...large, shardSize: 32, owners: Array(16).fill(0) });
    const blocks: unknown[] = [];
    for (const options of [{}, { threads: 8 }]) {
      run(options);
      await call('initializeColony', { ...COLONY, stored });
      await call('initializeTopology', { topology });
      await call('initializeShards', {});
      blocks.push(log.lines.at(-1)?.fields['blocks']);
      await backend.close();
    }
    expect(blocks).toEqual([1, 4]);
  });

  test('starts worlds from a state where it finds the cells, and else refuses them', async () => {
    const world = new SingleWorld(SPEC);
    while (world.tick < 10) world.step();
    const state = stateOf(world);
    const topology = { ...alone(), origin: state.origin };
    await call('initializeColony', COLONY);
    await expect(call('initializeTopology', { topology })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('this backend starts worlds from genesis only'),
    });
    run({ originCells: originCellsOf(state) });
    await start(topology);
    expect(backend.status().colony).toMatchObject({ tick: 10, ticking: true });
  });
});

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await backend.app.request(`http://localhost:9000${path}`, { headers });
  return { status: answer.status, body: await answer.json() };
}

describe('GET /healthz', () => {
  test('is 200 while nothing is wrong, and says what is held', async () => {
    const idle = { status: 'ok', id: 'backend-1', bootId: 'boot-0', state: 'Idle', tick: null };
    expect(await get('/healthz')).toEqual({ status: 200, body: { ...idle, coordinator: null } });
    await start();
    await call('heartbeat', grant);
    await clock.advance(100);
    const { body } = await get('/healthz');
    expect(body).toEqual({ ...idle, state: 'AtHorizon', tick: 3, coordinator: null });
  });

  test('shows the coordinator that was found', async () => {
    const coordinator = { id: 'c1', origin: 'http://127.0.0.1:8083', leads: true };
    run({ coordinator: () => coordinator, unhealthy: () => undefined });
    expect(await get('/healthz')).toMatchObject({ status: 200, body: { coordinator } });
  });

  test('is 503 with the reason when the process should be replaced', async () => {
    run({ unhealthy: () => 'not registered' });
    expect(await get('/healthz')).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', reason: 'not registered', id: 'backend-1', state: 'Idle' },
    });
  });
});

describe('GET /readyz', () => {
  test('is 200 while it serves', async () => {
    const ready = { status: 200, body: { status: 'ready' } };
    expect(await get('/readyz')).toEqual(ready);
    run({ notReady: () => undefined });
    expect(await get('/readyz')).toEqual(ready);
  });

  test('is 503 with the reason while it does not', async () => {
    run({ notReady: () => 'not registered yet' });
    const body = { status: 'not-ready', reason: 'not registered yet' };
    expect(await get('/readyz')).toEqual({ status: 503, body });
  });

  test('is 503 from the moment in which it is ended', async () => {
    await start();
    const closed = backend.close();
    const body = { status: 'not-ready', reason: 'shutting down' };
    expect(await get('/readyz')).toEqual({ status: 503, body });
    await closed;
    expect(backend.status().state).toBe('Idle');
  });
});

describe('what is no call is a problem', () => {
  test('an unknown path', async () => {
    expect(await get('/rpc/destroy')).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', detail: 'there is no /rpc/destroy' },
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ['for a host that is not served', { host: 'example.org' }, 'HOST_NOT_ALLOWED'],
    ['of the page of another origin', { origin: 'http://example.org' }, 'ORIGIN_NOT_ALLOWED'],
  ])('a request %s', async (_what, headers, code) => {
    expect(await get('/healthz', headers)).toMatchObject({ body: { code } });
  });

  test('no host but loopback is served unless it is named', async () => {
    run({ ownAddresses: undefined });
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/healthz', { host: 'backend-0' })).toMatchObject({
      body: { code: 'HOST_NOT_ALLOWED' },
    });
  });

  test('an unexpected error, which is in the log with what was asked', async () => {
    const cause = new Error('it broke');
    run({
      unhealthy: () => {
        throw cause;
      },
    });
    expect(await get('/healthz')).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(log.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { method: 'GET', path: '/healthz', err: cause } },
    ]);
  });
});
