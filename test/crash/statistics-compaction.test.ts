import { afterEach, beforeEach, expect, test } from 'vitest';
import { statisticsAnswerSchema } from '../../services/protocol/api/series-api.ts';
import { ColonyCluster, type CoordinatorMember } from '../simulation/colony-cluster.ts';
import { expectedRow, SMALL_WORLD } from '../simulation/small-world.ts';

/** So small that it comes to a thousand rows soon. */
const TINY_WORLD = { ...SMALL_WORLD, width: 16, height: 16 };
const SEGMENT = 20_480;

let cluster: ColonyCluster;
let members: CoordinatorMember[];
/** Those that were lost, in their order. */
let lost: CoordinatorMember[];

/** The first leader is lost once it has stored a segment, the next one once it has removed its items. */
const LOST_AT = ['before:statistics.remove', 'after:statistics.remove'];

beforeEach(async () => {
  cluster = new ColonyCluster({
    ...{ defaultSpec: TINY_WORLD, ticksPerSecond: 4_000, checkpointIntervalSeconds: 5 },
    ...{ leaseMs: 2_000, beatIntervalMs: 500 },
  });
  await cluster.addBackend();
  members = [];
  lost = [];
  for (let i = 0; i < 3; i++) {
    const member = await cluster.addCoordinator({
      onPoint: (point) => {
        if (point !== LOST_AT[lost.length]) return;
        lost.push(member);
        member.kill();
      },
    });
    members.push(member);
    if (i > 0) continue;
    await cluster.until(() => member.coordinator.leadership().leads, 'a leader');
  }
});
afterEach(() => cluster.close());

test('rows that became a segment are those of one process, whichever leaders were lost on the way', async () => {
  const [first] = members as [CoordinatorMember];
  await cluster.during(
    first.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
  );
  const { colonyInstanceId = '' } = await cluster.store.read();
  await cluster.until(() => lost.length === 2, 'the items of a segment to be removed', 600_000);
  const last = members.find((member) => !lost.includes(member)) as CoordinatorMember;
  await cluster.until(() => last.coordinator.leadership().leads, 'another leader');
  await cluster.clock.advance(2_000);
  const asked = last.request('/statistics?points=10000');
  const { columns } = statisticsAnswerSchema.parse(await (await cluster.during(asked)).json());
  expect(columns.tick[0]).toBe(0);
  expect(columns.tick.at(-1)).toBeGreaterThan(SEGMENT + 1_000);
  columns.tick.forEach((tick, i) => {
    expect(tick).toBe(i * 20);
    const { population, health, births, moves } = expectedRow(tick, TINY_WORLD);
    const row = [columns.population[i], columns.health[i], columns.births[i], columns.moves[i]];
    expect(row, `tick ${tick}`).toEqual([population, health, births, moves]);
  });
  const keys = (await cluster.snapshots.list('statistics/')).map(({ key }) => key);
  expect(keys[0]).toBe(`statistics/test/${colonyInstanceId}/statistics/0/000000000000.parquet`);
}, 240_000);
