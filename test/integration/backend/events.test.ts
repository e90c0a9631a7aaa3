import { afterEach, describe, expect, test } from 'vitest';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_KINDS,
  type InjectedEvent,
} from '../../../services/world/events/events.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { Cluster, type ClusterOptions, KERNEL, SPEC } from './harness.ts';

/** Two events of each kind within the first 200 ticks, some of them in one tick. */
const EVENTS: InjectedEvent[] = [...EVENT_KINDS, ...EVENT_KINDS].map((kind, i) => ({
  sequence: i + 1,
  tick: 11 + 7 * (i % 5) + 90 * Math.floor(i / 7),
  event: drawEvent(kind, (j) => mix(100 * i + j), SPEC),
}));

let cluster: Cluster;
afterEach(() => cluster.close());

async function started(options: ClusterOptions = {}): Promise<void> {
  cluster = new Cluster(options);
  await cluster.start();
}

/** One heartbeat to all, with events. */
const beat = (horizon: number, events: InjectedEvent[], eventSeq: number) =>
  cluster.all('heartbeat', {
    ...{ horizon, events, eventSeq, grantNumber: cluster.nextGrantNumber() },
    ...{ ticksPerSecond: null, durableThroughTick: -1 },
  });

function expectedDigests(events: InjectedEvent[], spec = SPEC, ticks = [0, 100, 200]): string[] {
  const world = new SingleWorld(spec, { events });
  return ticks.map((tick) => {
    while (world.tick < tick) world.step();
    return formatDigest(world.digest());
  });
}
const digests = () => [0, 100, 200].map((tick) => cluster.digestAt(tick));

describe(`with the kernel ${KERNEL} events are those of one piece`, () => {
  test.each([
    { backends: 4, ticksPerExchange: 1 },
    { backends: 1, ticksPerExchange: 1 },
    { backends: 4, ticksPerExchange: 3 },
  ])('with $backends backends and k = $ticksPerExchange', async (options) => {
    await started({ ...options });
    await beat(0, EVENTS, EVENTS.length);
    await cluster.runTo(200);
    expect(digests()).toEqual(expectedDigests(EVENTS));
  });

  test('random ones too', async () => {
    const spec = { ...SPEC, width: 64, height: 32, randomEvents: true };
    await started({ spec, backends: 2 });
    cluster.durableThroughTick = 460;
    await cluster.runTo(500);
    const [expected] = expectedDigests([], spec, [500]);
    expect(cluster.digestAt(500)).toBe(expected);
  });
});

test('events happen again to shards that are rebuilt', async () => {
  await started();
  await beat(0, EVENTS, EVENTS.length);
  await cluster.runTo(60);
  cluster.fence = { ...cluster.fence, topologyVersion: 2 };
  await cluster.start();
  await cluster.runTo(200);
  expect(digests()).toEqual(expectedDigests(EVENTS));
});

test('a horizon for backends that have more events lets none of the others run', async () => {
  await started();
  await beat(100, EVENTS.slice(0, 3), 4);
  await cluster.clock.advance(1_000);
  const replies = await beat(0, [], 0);
  expect(replies.map(({ status }) => [status.colony?.tick, status.colony?.eventSeq])).toEqual(
    cluster.members.map(() => [0, 3]),
  );
});

test('events after a gap are not taken, nor is the horizon', async () => {
  await started();
  const [reply] = await beat(100, EVENTS.slice(2, 4), 4);
  expect(reply?.status.colony?.eventSeq).toBe(0);
  await cluster.clock.advance(1_000);
  const replies = await beat(0, EVENTS.slice(0, 4), 4);
  expect(replies.map(({ status }) => [status.colony?.tick, status.colony?.eventSeq])).toEqual(
    cluster.members.map(() => [0, 4]),
  );
});

test('an event of a tick that was computed is refused', async () => {
  await started();
  await cluster.runTo(60);
  await expect(beat(100, EVENTS.slice(0, 1), 1)).rejects.toMatchObject({ code: 'EVENT_TOO_LATE' });
});
