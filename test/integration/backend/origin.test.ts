import { afterEach, describe, expect, test } from 'vitest';
import { KERNELS } from '../../../services/kernel/create-engine.ts';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_KINDS,
  type InjectedEvent,
} from '../../../services/world/events/events.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { stateOf, type WorldState } from '../../support/world-states.ts';
import { Cluster, type ClusterOptions, SPEC } from './harness.ts';

/** Events of each kind before and after the state that the shards start from, one at its tick. */
const EVENTS: InjectedEvent[] = [40, 137, 150].flatMap((tick, round) =>
  EVENT_KINDS.map((kind, i) => ({
    sequence: round * EVENT_KINDS.length + i + 1,
    tick: tick + i,
    event: drawEvent(kind, (j) => mix(1_000 * round + 100 * i + j), SPEC),
  })),
);
const START_TICK = 137;

function stateAt(tick: number, options: { events?: InjectedEvent[]; spec?: typeof SPEC } = {}) {
  const { events = [], spec = SPEC } = options;
  const world = new SingleWorld(spec, { events });
  while (world.tick < tick) world.step();
  return stateOf(world, events.length);
}

function expectedDigests(ticks: number[], events: InjectedEvent[] = [], spec = SPEC): string[] {
  const world = new SingleWorld(spec, { events });
  return ticks.map((tick) => {
    while (world.tick < tick) world.step();
    return formatDigest(world.digest());
  });
}

let cluster: Cluster;
afterEach(() => cluster.close());

async function started(start: WorldState, options: ClusterOptions = {}): Promise<void> {
  cluster = new Cluster({ start, ...options });
  await cluster.start();
}

describe.each(KERNELS)('with the kernel %s shards that start in a later state', (kernel) => {
  test.each([
    { backends: 4, ticksPerExchange: 1 },
    { backends: 1, ticksPerExchange: 2 },
    { backends: 4, ticksPerExchange: 4 },
  ])('go on as one piece does: $backends backends, k = $ticksPerExchange', async (options) => {
    await started(stateAt(START_TICK), { kernel, ...options });
    await cluster.runTo(300);
    expect([200, 300].map((tick) => cluster.digestAt(tick))).toEqual(expectedDigests([200, 300]));
  });

  test('meet the events of later ticks, and not again those of earlier ones', async () => {
    await started(stateAt(START_TICK, { events: EVENTS }), { kernel, ticksPerExchange: 3 });
    await cluster.all('heartbeat', {
      ...{ horizon: 0, events: EVENTS, eventSeq: EVENTS.length },
      ...{ ticksPerSecond: null, durableThroughTick: -1 },
    });
    await cluster.runTo(200);
    expect(cluster.digestAt(200)).toBe(expectedDigests([200], EVENTS)[0]);
  });

  test('meet random events as one piece does', async () => {
    const spec = { ...SPEC, width: 64, height: 32, randomEvents: true };
    await started(stateAt(433, { spec }), { kernel, spec, backends: 2 });
    await cluster.runTo(500);
    expect(cluster.digestAt(500)).toBe(expectedDigests([500], [], spec)[0]);
  });

  test('show the tick they start from before they tick', async () => {
    await started(stateAt(START_TICK), { kernel });
    expect(cluster.members.map((member) => cluster.tickOf(member))).toEqual(
      cluster.members.map(() => START_TICK),
    );
  });
});

test('a topology that starts in a later state is refused where its cells are not to be had', async () => {
  cluster = new Cluster();
  const [member] = cluster.members;
  const { origin } = stateAt(5);
  await cluster.all('initializeColony', {
    colonyInstanceId: cluster.topology().colonyInstanceId,
    stored: cluster.stored,
  });
  await expect(
    member!.ask('initializeTopology', { topology: cluster.topology({ origin }) }),
  ).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('it starts in the state of tick 5'),
  });
});
