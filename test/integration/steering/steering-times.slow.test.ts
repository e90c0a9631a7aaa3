import { afterEach, expect, it } from 'vitest';
import {
  type BackendMember,
  ColonyCluster,
  type CoordinatorMember,
} from '../../simulation/colony-cluster.ts';
import { colonyStart, injectEvent } from '../../simulation/colony-requests.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';

/** Two backends whose ticks take half a millisecond: 2,000 ticks a second where no pace is asked for. */
const TICK_MS = 0.5;
const HEARTBEAT_MS = 250;
const WORLD = { ...SMALL_WORLD, width: 32, height: 32 };

let cluster: ColonyCluster;
let leader: CoordinatorMember;
let backends: BackendMember[];
afterEach(() => cluster.close());

const maxTick = () =>
  Math.max(...backends.map(({ backend }) => backend.status().colony?.tick ?? 0));
const post = async (path: string) => {
  const answer = await cluster.during(leader.request(path, { method: 'POST' }));
  expect(answer.status).toBe(200);
  return (await answer.json()) as { effectiveTick: number };
};
const setPace = async (ticksPerSecond: number | null) => {
  const body = JSON.stringify({ ticksPerSecond });
  const headers = { 'content-type': 'application/json' };
  await cluster.during(leader.request('/colony-pace', { method: 'PUT', body, headers }));
};
/** How far ahead of the world an event comes that is to come as soon as possible. */
const ticksToEvent = async (key: string) => {
  const before = maxTick();
  const { status, body } = await cluster.during(injectEvent(leader, key, { kind: 'extraFood' }));
  expect(status).toBe(200);
  return Number(body['tick']) - before;
};
/** How long it takes until all stand at a tick, and that they stay there. */
const msUntilAt = async (tick: number) => {
  const sinceMs = cluster.clock.nowMs();
  const areThere = () => backends.every(({ backend }) => backend.status().colony?.tick === tick);
  while (!areThere() && cluster.clock.nowMs() - sinceMs < 60_000) await cluster.clock.advance(1);
  const tookMs = cluster.clock.nowMs() - sinceMs;
  await cluster.clock.advance(2_000);
  expect(areThere()).toBe(true);
  return tookMs;
};

it.each([
  { pace: 1, ticksInASecond: 1 },
  { pace: 60, ticksInASecond: 60 },
  { pace: null, ticksInASecond: 2_000 },
])('at pace $pace a pause, a step and an event take effect at once', async (row) => {
  const { pace, ticksInASecond } = row;
  cluster = new ColonyCluster({ defaultSpec: WORLD, ticksPerSecond: pace, ticksPerExchange: 4 });
  leader = await cluster.addCoordinator();
  backends = [
    await cluster.addBackend({ tickMs: TICK_MS }),
    await cluster.addBackend({ tickMs: TICK_MS }),
  ];
  await cluster.clock.advance(1_000);
  await cluster.during(colonyStart(leader, 'key-1', { waitSeconds: 25 }));
  await cluster.clock.advance(12_000);

  const figures: Record<string, number | null> = { pace };
  const note = (name: string, value: number) => {
    figures[name] = value;
    return value;
  };
  expect(note('running: ticks to an event', await ticksToEvent('e1'))).toBeLessThanOrEqual(
    ticksInASecond,
  );
  await cluster.clock.advance(3_000);
  expect(note('running again: ticks to an event', await ticksToEvent('e2'))).toBeLessThanOrEqual(
    ticksInASecond,
  );
  await cluster.clock.advance(5_000);

  const { horizon } = await cluster.store.read();
  const before = maxTick();
  note('ticks reserved ahead', horizon - before);
  const { effectiveTick } = await post('/colony-pause');
  note('pause: ticks to where it stands', effectiveTick - before);
  expect(note('pause: ms until all stand', await msUntilAt(effectiveTick))).toBeLessThanOrEqual(
    2 * HEARTBEAT_MS,
  );
  expect(note('paused: ticks to an event', await ticksToEvent('e3'))).toBe(1);

  const { effectiveTick: stepped } = await post('/colony-step?ticks=1&idempotency_key=s1');
  expect(stepped).toBe(effectiveTick + 1);
  expect(note('step of 1: ms until done', await msUntilAt(stepped))).toBeLessThanOrEqual(
    pace === 1 ? 1_000 : HEARTBEAT_MS,
  );

  await post('/colony-step?ticks=100000&idempotency_key=s2');
  await cluster.clock.advance(1_500);
  const inStep = maxTick();
  expect(inStep).toBeGreaterThan(stepped);
  const { effectiveTick: ended } = await post('/colony-pause');
  note('pause in a step of 100,000: ticks to where it stands', ended - inStep);
  expect(
    note('pause in a step of 100,000: ms until all stand', await msUntilAt(ended)),
  ).toBeLessThanOrEqual(2 * HEARTBEAT_MS);

  await post('/colony-resume');
  await cluster.clock.advance(5_000);
  await setPace(1);
  await cluster.clock.advance(2 * HEARTBEAT_MS);
  expect(note('after pace 1: ticks to an event', await ticksToEvent('e4'))).toBeLessThanOrEqual(2);
  if (process.env['STEERING_FIGURES']) process.stdout.write(`${JSON.stringify(figures)}\n`);
});
