import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  statisticsAnswerSchema,
  surveysAnswerSchema,
} from '../../../services/protocol/api/series-api.ts';
import { STATISTICS_TABLE } from '../../../services/protocol/series/tables.ts';
import { CHANGE_NAMES, type Changes } from '../../../services/world/measuring/changes.ts';
import { STATISTICS_NAMES } from '../../../services/world/measuring/statistics.ts';
import { mergeSurveys, surveyOf } from '../../../services/world/measuring/survey.ts';
import { surveyRow } from '../../../services/world/measuring/survey-row.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { expectedRow, SMALL_WORLD } from '../../simulation/small-world.ts';

/** The rows of one process: what every cluster must answer. */
function undisturbed(everyTicks: number, throughTick: number): Record<string, number[]> {
  const ticks = Array.from({ length: Math.floor(throughTick / everyTicks) + 1 }, (_, i) => {
    return i * everyTicks;
  });
  const states = STATISTICS_NAMES.map((name) => [
    name,
    ticks.map((tick) => expectedRow(tick)[name]),
  ]);
  const changes = CHANGE_NAMES.map((name) => [
    name,
    ticks.map((tick) => sumBefore(tick, everyTicks, name)),
  ]);
  return { tick: ticks, ...Object.fromEntries([...states, ...changes]) };
}

function sumBefore(tick: number, everyTicks: number, name: keyof Changes): number {
  let sum = 0;
  for (let one = tick; one > tick - everyTicks && one >= 0; one -= 20)
    sum += expectedRow(one)[name];
  return sum;
}

describe('statistics through time', () => {
  let cluster: ColonyCluster;
  let leader: CoordinatorMember;
  let standby: CoordinatorMember;
  let backends: BackendMember[];

  beforeEach(async () => {
    cluster = new ColonyCluster({
      ...{ checkpointIntervalSeconds: 1, leaseMs: 2_000, beatIntervalMs: 500 },
    });
    backends = [];
    for (let i = 0; i < 3; i++) backends.push(await cluster.addBackend());
    leader = await cluster.addCoordinator();
    await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
    standby = await cluster.addCoordinator();
    await cluster.during(
      leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
    );
  });
  afterEach(() => cluster.close());

  const ask = async (member: CoordinatorMember, search = '') => {
    const answer = await cluster.during(member.request(`/statistics${search}`));
    expect(answer.status).toBe(200);
    return statisticsAnswerSchema.parse(await answer.json());
  };
  const untilStored = (tick: number) =>
    cluster.until(async () => {
      const { colonyInstanceId = '' } = await cluster.store.read();
      const last = await cluster.series.get(STATISTICS_TABLE.name)?.last(colonyInstanceId);
      return (last?.tick ?? 0) >= tick;
    }, `the rows through tick ${tick}`);
  /** Of the whole life, as a coordinator answers it. */
  const expectUndisturbed = async (member: CoordinatorMember, throughTick: number) => {
    const { columns } = await ask(member, '?points=10000');
    expect(columns.tick.at(-1)).toBeGreaterThanOrEqual(throughTick);
    expect(columns).toEqual(undisturbed(20, columns.tick.at(-1) ?? 0));
  };
  const pause = (member: CoordinatorMember) =>
    cluster.during(member.request('/colony-pause', { method: 'POST' }));

  test('are those of one process, from the leader and from a standby', async () => {
    await untilStored(300);
    await expectUndisturbed(leader, 300);
    await expectUndisturbed(standby, 300);
  });

  test('have surveys beside them, which are those of one process', async () => {
    await untilStored(500);
    await cluster.clock.advance(1_000);
    const answer = await cluster.during(standby.request('/surveys'));
    const { everyTicks, surveys } = surveysAnswerSchema.parse(await answer.json());
    expect([everyTicks, surveys.map(({ tick }) => tick)]).toEqual([500, [0, 500]]);
    const world = new SingleWorld(SMALL_WORLD);
    for (const { sums, cells, population, ...survey } of surveys) {
      while (world.tick < survey.tick) world.step();
      const measured = world.blocks.map((block) => surveyOf(block, world.tick));
      expect(survey).toEqual(surveyRow(world.tick, measured.reduce(mergeSurveys)));
      const { food, size, health, ageTicks } = world.statistics();
      expect(sums).toEqual({ food, size, health, ageTicks });
      expect([cells, population]).toEqual([
        world.statistics().cells,
        world.statistics().population,
      ]);
    }
  });

  test('are coarser where fewer points are asked for, and begin where they are asked to', async () => {
    await untilStored(700);
    const coarse = await ask(leader, '?points=10');
    expect(coarse.everyTicks).toBe(80);
    expect(coarse.columns).toEqual(undisturbed(80, coarse.to));
    const { columns, everyTicks } = await ask(leader, '?from=130&to=210&points=5');
    expect([everyTicks, columns.tick]).toEqual([20, [140, 160, 180, 200]]);
  });

  test('have the rows that are not stored yet, where the colony is paused at any tick', async () => {
    await untilStored(300);
    await pause(leader);
    const { runUntil } = await cluster.view(leader);
    await cluster.until(async () => (await cluster.view(leader)).tick === runUntil, 'standing');
    await cluster.clock.advance(2_000);
    const last = runUntil! - (runUntil! % 20);
    await expectUndisturbed(leader, last);
    // The next leader is given them by the backends.
    leader.kill();
    await cluster.until(() => standby.coordinator.leadership().leads, 'the next leader');
    await cluster.clock.advance(5_000);
    await expectUndisturbed(standby, last);
    await cluster.during(standby.request('/colony-resume', { method: 'POST' }));
    await untilStored(last + 300);
    await expectUndisturbed(standby, last + 300);
  });

  test('are the same after a backend was lost and the world started again', async () => {
    await untilStored(500);
    backends[0]?.kill();
    await cluster.until(async () => (await cluster.store.read()).topologyVersion === 2, 'recovery');
    await untilStored(1_200);
    await expectUndisturbed(leader, 1_200);
  });

  test('are the same after the world started again from genesis', async () => {
    await untilStored(500);
    for (const { key } of await cluster.snapshots.list('')) await cluster.snapshots.delete(key);
    backends[0]?.kill();
    await cluster.until(async () => (await cluster.store.read()).topologyVersion === 2, 'recovery');
    await untilStored(900);
    await expectUndisturbed(leader, 900);
  });

  test('are the same after leaders were lost one after the other', async () => {
    await untilStored(300);
    leader.kill();
    await cluster.until(() => standby.coordinator.leadership().leads, 'the next leader');
    await untilStored(700);
    standby.kill();
    const third = await cluster.addCoordinator();
    await cluster.until(() => third.coordinator.leadership().leads, 'the third leader');
    await untilStored(1_100);
    await expectUndisturbed(third, 1_100);
  });

  test('are the same after shards were moved, at whatever tick the world stood', async () => {
    await untilStored(300);
    expect(await cluster.during(backends[1]!.backend.drain(20_000))).toBe(true);
    backends[1]?.kill();
    await untilStored(900);
    await expectUndisturbed(leader, 900);
  });

  test('wait while the store is away, and with them the world; none is lost', async () => {
    await untilStored(300);
    const log = cluster.series.get(STATISTICS_TABLE.name)!;
    const { append } = log;
    log.append = async () => {
      throw new Error('it is away');
    };
    // 64 samples of 20 ticks, at 100 ticks a second.
    await cluster.clock.advance(14_000);
    const { tick } = await cluster.view(leader);
    await cluster.clock.advance(2_000);
    expect((await cluster.view(leader)).tick).toBe(tick);
    log.append = append;
    await untilStored(tick! + 300);
    await expectUndisturbed(leader, tick! + 300);
  });
});
