import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';

describe('a running colony', () => {
  let cluster: ColonyCluster;
  let coordinator: CoordinatorMember;
  let backends: BackendMember[];
  const ticks = () => backends.map(({ backend }) => backend.status().colony?.tick);
  const send = async (path: string, init: RequestInit = { method: 'POST' }) => {
    const answer = await cluster.during(coordinator.request(path, init));
    return { status: answer.status, body: (await answer.json()) as Record<string, number> };
  };

  beforeEach(async () => {
    cluster = new ColonyCluster();
    coordinator = await cluster.addCoordinator();
    backends = [await cluster.addBackend(), await cluster.addBackend()];
    await cluster.clock.advance(1_000);
    await cluster.during(colonyStart(coordinator, 'key-1', { waitSeconds: 25 }));
    await cluster.clock.advance(1_000);
  });
  afterEach(() => cluster.close());

  it('stands exactly at the tick that pause answered', async () => {
    const { status, body } = await send('/colony-pause');
    expect(status).toBe(200);
    await cluster.clock.advance(20_000);
    expect(ticks()).toEqual([body['effectiveTick'], body['effectiveTick']]);
    expect(await cluster.view(coordinator)).toMatchObject({
      phase: 'Paused',
      paused: true,
      tick: body['effectiveTick'],
    });
  });

  it('goes on after resume', async () => {
    const { body } = await send('/colony-pause');
    await cluster.clock.advance(10_000);
    expect((await send('/colony-resume')).status).toBe(200);
    await cluster.clock.advance(2_000);
    expect(ticks()[0]).toBeGreaterThan(Number(body['effectiveTick']));
    expect((await cluster.view(coordinator)).phase).toBe('Ticking');
  });

  it('steps by so many ticks, once per key', async () => {
    const { body } = await send('/colony-pause');
    const paused = Number(body['effectiveTick']);
    const step = () => send('/colony-step?ticks=7&idempotency_key=step-1');
    expect((await step()).body['effectiveTick']).toBe(paused + 7);
    expect((await step()).body['effectiveTick']).toBe(paused + 7);
    await cluster.clock.advance(10_000);
    expect(ticks()).toEqual([paused + 7, paused + 7]);
  });

  it('refuses to step while it runs', async () => {
    expect(await send('/colony-step?ticks=7&idempotency_key=step-1')).toMatchObject({
      status: 409,
      body: { code: 'COLONY_NOT_PAUSED' },
    });
  });

  it('keeps the pace it is given', async () => {
    const body = JSON.stringify({ ticksPerSecond: 20 });
    const headers = { 'content-type': 'application/json' };
    await send('/colony-pace', { method: 'PUT', body, headers });
    await cluster.clock.advance(5_000);
    const before = Number(ticks()[0]);
    await cluster.clock.advance(10_000);
    expect(Math.abs(Number(ticks()[0]) - before - 200)).toBeLessThanOrEqual(2);
    expect((await cluster.view(coordinator)).ticksPerSecond.asked).toBe(20);
  });

  it('never runs beyond the horizon of the record', async () => {
    for (let i = 0; i < 50; i++) {
      await cluster.clock.advance(100);
      const { horizon } = await cluster.store.read();
      expect(Math.max(...ticks().map(Number))).toBeLessThanOrEqual(horizon);
    }
  });

  it('is drawn from all its backends in one picture', async () => {
    await send('/colony-pause');
    await cluster.clock.advance(10_000);
    const answer = await cluster.during(coordinator.request('/frame?layer=owner'));
    const picture = new Uint8Array(await answer.arrayBuffer()).subarray(48);
    expect(answer.status).toBe(200);
    expect(picture.byteLength).toBe(96 * 64);
    expect(new Set(picture)).toEqual(new Set([1, 2]));
    const etag = answer.headers.get('etag') ?? '';
    const again = await cluster.during(
      coordinator.request('/frame?layer=owner', { headers: { 'if-none-match': etag } }),
    );
    expect(again.status).toBe(304);
  });
});
