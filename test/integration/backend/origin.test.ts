import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_KINDS,
  type InjectedEvent,
} from '../../../services/world/events/events.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { stateOf, type WorldState } from '../../support/world-states.ts';
import { Cluster, type ClusterOptions, KERNEL, SPEC } from './harness.ts';

/** Events of each kind before and after the state that the shards start from, one at its tick. */
const EVENTS: InjectedEvent[] = [40, 137, 150].flatMap((tick, round) =>
  EVENT_KINDS.map((kind, i) => ({
    sequence: round * EVENT_KINDS.length + i + 1,
    tick: tick + i,
    event: drawEvent(kind, (j) => mix(1_000 * round + 100 * i + j), SPEC),
  })),
);
const START_TICK = 137;

/** The course of a world in one piece: what it was at some ticks. Each world runs once, since that takes long. */
interface Course {
  start: WorldState;
  digests: ReadonlyMap<number, string>;
}

function courseOf(
  startTick: number,
  endTick: number,
  events: InjectedEvent[] = [],
  spec = SPEC,
): Course {
  const world = new SingleWorld(spec, { events });
  while (world.tick < startTick) world.step();
  const start = stateOf(world);
  const digests = new Map<number, string>();
  while (world.tick < endTick) {
    world.step();
    if (world.tick % 100 === 0) digests.set(world.tick, formatDigest(world.digest()));
  }
  return { start, digests };
}

const RANDOM_SPEC = { ...SPEC, width: 64, height: 32, randomEvents: true };

let quiet: Course;
let eventful: Course;
let random: Course;
beforeAll(() => {
  quiet = courseOf(START_TICK, 300);
  eventful = courseOf(START_TICK, 200, EVENTS);
  random = courseOf(433, 500, [], RANDOM_SPEC);
});

let cluster: Cluster;
afterEach(() => cluster.close());

async function started(start: WorldState, options: ClusterOptions = {}): Promise<void> {
  cluster = new Cluster({ start, ...options });
  await cluster.start();
}

describe(`with the kernel ${KERNEL} shards that start in a later state`, () => {
  test.each([
    { backends: 4, ticksPerExchange: 1 },
    { backends: 1, ticksPerExchange: 2 },
    { backends: 4, ticksPerExchange: 4 },
  ])('go on as one piece does: $backends backends, k = $ticksPerExchange', async (options) => {
    await started(quiet.start, options);
    await cluster.runTo(300);
    for (const tick of [200, 300]) expect(cluster.digestAt(tick)).toBe(quiet.digests.get(tick));
  });

  test('meet the events of later ticks, and not again those of earlier ones', async () => {
    await started(eventful.start, { ticksPerExchange: 3 });
    await cluster.all('heartbeat', {
      ...{ horizon: 0, grantNumber: 1, events: EVENTS, eventSeq: EVENTS.length },
      ...{ ticksPerSecond: null, durableThroughTick: -1 },
    });
    await cluster.runTo(200);
    expect(cluster.digestAt(200)).toBe(eventful.digests.get(200));
  });

  test('refuse an event of an earlier tick that is not part of that state, even before they exist', async () => {
    cluster = new Cluster({ start: quiet.start });
    const { colonyInstanceId } = cluster.topology();
    await cluster.all('initializeColony', { colonyInstanceId, stored: cluster.stored });
    await cluster.all('initializeTopology', { topology: cluster.topology() });
    const late = { sequence: 1, tick: START_TICK - 1, event: { kind: 'newTopography' } } as const;
    await expect(
      cluster.all('heartbeat', {
        ...{ horizon: 0, grantNumber: 1, events: [late], eventSeq: 1 },
        ...{ ticksPerSecond: null, durableThroughTick: -1 },
      }),
    ).rejects.toMatchObject({ code: 'EVENT_TOO_LATE' });
  });

  test('meet random events as one piece does', async () => {
    await started(random.start, { spec: RANDOM_SPEC, backends: 2 });
    await cluster.runTo(500);
    expect(cluster.digestAt(500)).toBe(random.digests.get(500));
  });

  test('show the tick they start from before they tick', async () => {
    await started(quiet.start);
    expect(cluster.members.map((member) => cluster.tickOf(member))).toEqual(
      cluster.members.map(() => START_TICK),
    );
  });
});

test('a topology that starts in a later state is refused where its cells are not to be had', async () => {
  cluster = new Cluster();
  const [member] = cluster.members;
  const { origin } = quiet.start;
  await cluster.all('initializeColony', {
    colonyInstanceId: cluster.topology().colonyInstanceId,
    stored: cluster.stored,
  });
  await expect(
    member!.ask('initializeTopology', { topology: cluster.topology({ origin }) }),
  ).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining(`it starts in the state of tick ${START_TICK}`),
  });
});
