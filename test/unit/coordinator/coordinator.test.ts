import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPictureHeader } from '../../../services/protocol/wire/picture-codec.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { colonyStart } from '../../simulation/colony-requests.ts';
import { expectedDigest, SMALL_WORLD } from '../../simulation/small-world.ts';

let cluster: ColonyCluster;
let member: CoordinatorMember;
beforeEach(() => {
  cluster = new ColonyCluster();
});
afterEach(() => cluster.close());

/** A coordinator that leads, and so many backends. */
async function lead(backends: number): Promise<void> {
  member = await cluster.addCoordinator();
  for (let i = 0; i < backends; i++) await cluster.addBackend();
  await cluster.clock.advance(1_000);
}

/** What a call of the API answers, for which time goes on. */
const answerOf = <T>(call: Promise<T>) => cluster.during(call);
const start = (key = 'key-1') =>
  answerOf(member.coordinator.start({ key, spec: {}, waitMs: 25_000 }));

describe('a coordinator', () => {
  test('is ready once it has read the record, and leads', async () => {
    member = await cluster.addCoordinator();
    const { coordinator, origin } = member;
    expect(coordinator.notReady()).toBe('the colony record has not been read yet');
    expect(coordinator.leadership()).toEqual({ leads: false, leaderAddress: undefined });
    await cluster.clock.advance(1_000);
    expect(coordinator.notReady()).toBeUndefined();
    expect(coordinator.leadership()).toEqual({ leads: true, leaderAddress: origin });
  });

  test('knows of another that leads, and does not itself', async () => {
    await lead(0);
    const standby = await cluster.addCoordinator();
    await cluster.clock.advance(1_000);
    const leaderAddress = member.origin;
    expect(standby.coordinator.leadership()).toEqual({ leads: false, leaderAddress });
  });

  test('is entered as the leader while it leads, and not any more once it has ended', async () => {
    await lead(0);
    expect(await cluster.registry.leader()).toEqual(member.entry);
    member.stop();
    await cluster.clock.advance(1_000);
    expect(await cluster.registry.leader()).toBeUndefined();
  });

  test('leads and ends though the registry does not take its entry, and says so', async () => {
    const failure = new Error('throttled');
    cluster.registry.putLeader = () => Promise.reject(failure);
    cluster.registry.removeLeader = () => Promise.reject(failure);
    await lead(1);
    expect((await start()).httpStatus).toBe(200);
    member.stop();
    await cluster.clock.advance(1_000);
    const warned = member.log.lines.filter(({ level }) => level === 'warn');
    expect(warned).toEqual([
      {
        level: 'warn',
        message: 'the leader could not be announced',
        fields: { err: failure },
      },
      {
        level: 'warn',
        message: "the leader's entry could not be removed",
        fields: { err: failure },
      },
    ]);
    expect(member.coordinator.leadership().leads).toBe(false);
  });

  test('waits with a start for as many backends as it expects', async () => {
    const settings = { minBackends: 2 };
    member = await cluster.addCoordinator({ settings });
    await cluster.addBackend();
    await cluster.clock.advance(1_000);
    const { httpStatus } = await answerOf(
      member.coordinator.start({ key: 'key-1', spec: {}, waitMs: 5_000 }),
    );
    expect(httpStatus).toBe(202);
    await cluster.addBackend();
    await cluster.clock.advance(5_000);
    const { backends } = await answerOf(member.coordinator.view());
    expect(backends.map(({ shards }) => shards)).toEqual([12, 12]);
  });
});

describe('a colony, through its coordinator', () => {
  beforeEach(async () => {
    await lead(2);
    await start();
  });

  test('is started once, ticks as one piece does, and is shown', async () => {
    const { coordinator } = member;
    expect(await start()).toMatchObject({ httpStatus: 200 });
    await cluster.untilDigest(100);
    const expected = [100, 0].map((tick) => ({ tick, digest: expectedDigest(tick) }));
    expect(await answerOf(coordinator.digests({ limit: 3 }))).toEqual(expected);
    const topology = await answerOf(coordinator.topology());
    expect(topology).toMatchObject({ status: 'initialized', width: 96, height: 64 });
    expect(await answerOf(coordinator.view())).toMatchObject({
      ...{ name: 'test', phase: 'Ticking', paused: false },
    });
    expect(await answerOf(coordinator.checkpoints())).toEqual([]);
    expect(coordinator.drawnWorld()).toEqual(SMALL_WORLD);
    const rect = { x: 0, y: 0, width: 96, height: 64, scale: 4 };
    const { picture } = await answerOf(coordinator.picture('owner', rect));
    expect(readPictureHeader(picture)).toMatchObject({ layer: 'owner', ...rect });
  });

  test('is paused, stepped, given another pace and resumed', async () => {
    const { coordinator } = member;
    const { effectiveTick: paused } = await answerOf(coordinator.pause());
    const step = () => answerOf(coordinator.step({ key: 'step-1', ticks: 7 }));
    expect((await step()).effectiveTick).toBe(Number(paused) + 7);
    expect((await step()).effectiveTick).toBe(Number(paused) + 7);
    await cluster.clock.advance(5_000);
    const shown = await answerOf(coordinator.view());
    expect(shown).toMatchObject({ phase: 'Paused', tick: Number(paused) + 7 });
    await answerOf(coordinator.setPace(20));
    await answerOf(coordinator.resume());
    await cluster.clock.advance(10_000);
    const { tick, ticksPerSecond } = await answerOf(coordinator.view());
    expect(ticksPerSecond.asked).toBe(20);
    expect(Math.abs(Number(tick) - Number(paused) - 7 - 200)).toBeLessThan(20);
  });

  test('is asked for another number of backends, which it shows until it is stopped', async () => {
    const { coordinator } = member;
    const wanted = async () => (await answerOf(coordinator.view())).wantedBackends;
    const configured = await wanted();
    expect(await answerOf(coordinator.scale(7))).toEqual({ backends: 7, before: configured });
    expect(await wanted()).toBe(7);
    const { colonyInstanceId } = await answerOf(coordinator.view());
    await answerOf(coordinator.stop(colonyInstanceId ?? ''));
    expect(await wanted()).toBe(configured);
  });

  test('has events that are injected, listed and cancelled', async () => {
    const { coordinator } = member;
    const request = { kind: 'extinction', tick: 5_000 } as const;
    const event = await answerOf(coordinator.inject({ key: 'event-1', request }));
    expect(event).toMatchObject({ sequence: 1, tick: 5_000, origin: 'injected' });
    expect(await answerOf(coordinator.events({ from: 5_000, limit: 10 }))).toEqual([event]);
    const cancelled = await answerOf(coordinator.cancelEvent(1));
    expect(cancelled).toMatchObject({ sequence: 1, tick: 5_000 });
    expect(await answerOf(coordinator.cancelEvent(1))).toEqual(cancelled);
  });

  test('is stopped, and another may be started at once', async () => {
    const { coordinator } = member;
    const { colonyInstanceId = '' } = await cluster.store.read();
    await answerOf(coordinator.stop(colonyInstanceId));
    await cluster.clock.advance(5_000);
    await expect(coordinator.topology()).rejects.toMatchObject({ code: 'TOPOLOGY_NOT_FOUND' });
    expect((await start('key-2')).httpStatus).toBe(200);
    expect((await cluster.store.read()).generation).toBe(2);
  });

  test('is taken over by another coordinator when its own is lost', async () => {
    const standby = await cluster.addCoordinator();
    await cluster.clock.advance(1_000);
    member.kill();
    await cluster.until(
      async () => (await cluster.view(standby)).phase === 'Ticking',
      'the standby to drive',
    );
    expect(standby.coordinator.leadership().leads).toBe(true);
    expect((await cluster.during(colonyStart(standby, 'key-1'))).status).toBe(200);
  });
});
