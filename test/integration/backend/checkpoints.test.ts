import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  type EventKind,
  type InjectedEvent,
} from '../../../services/world/events/events.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { MemorySnapshotStore } from '../../simulation/stores/memory-snapshot-store.ts';
import { manifestOf, publish, type Written } from '../../support/checkpoints.ts';
import { Cluster, type ClusterOptions, KERNEL, SPEC } from './harness.ts';

const TICK = 137;
const event = (sequence: number, tick: number, kind: EventKind): InjectedEvent => ({
  ...{ sequence, tick },
  event: drawEvent(kind, (j) => mix(100 * sequence + j), SPEC),
});
/** Before the checkpoint, in its tick, in the next one, and later. */
const EVENTS = [
  event(1, 20, 'extraFood'),
  event(2, 30, 'createCreature'),
  event(3, 60, 'newTopography'),
  event(4, 80, 'extraFood'),
  event(5, 90, 'ruleChange'),
  event(6, TICK, 'createCreature'),
  event(7, TICK, 'extraFood'),
  event(8, TICK + 1, 'extinction'),
  event(9, TICK + 1, 'newTopography'),
  event(10, TICK + 2, 'extraFood'),
];

/** The digests of the world in one piece. */
const expected = new Map<number, string>();
beforeAll(() => {
  const world = new SingleWorld(SPEC, { events: EVENTS });
  for (;;) {
    if (world.tick % 100 === 0 || world.tick === TICK) {
      expected.set(world.tick, formatDigest(world.digest()));
    }
    if (world.tick === 200) break;
    world.step();
  }
});

const all: Cluster[] = [];
afterEach(async () => {
  await Promise.all(all.splice(0).map((cluster) => cluster.close()));
});

let snapshots: MemorySnapshotStore;

function clusterOf(options: ClusterOptions = {}): Cluster {
  const cluster = new Cluster({ snapshots, ...options });
  cluster.events = EVENTS;
  all.push(cluster);
  return cluster;
}

/** Runs a new world through the tick of a checkpoint, and answers what its backends have written. */
async function written(options: ClusterOptions = {}): Promise<[Cluster, Written[]]> {
  const cluster = clusterOf(options);
  await cluster.start();
  cluster.checkpointTick = TICK;
  await cluster.runTo(TICK + 3);
  const replies = await cluster.heartbeat(TICK + 3);
  return [cluster, replies.map(({ checkpoint }) => checkpoint as Written)];
}

beforeAll(() => {
  snapshots = new MemorySnapshotStore();
});

describe(`with the kernel ${KERNEL} a checkpoint`, () => {
  test('starts worlds of any partition, which go on as one piece does', async () => {
    const [cluster, parts] = await written();
    expect(parts.map(({ state }) => state)).toEqual(cluster.members.map(() => 'written'));
    const manifest = manifestOf(cluster.topology(), parts, 5);
    expect(manifest.digest).toBe(expected.get(TICK));
    const origin = await publish(snapshots, manifest);
    for (const [backends, ticksPerExchange] of [
      [4, 1],
      [3, 2],
      [1, 4],
    ] as const) {
      const next = clusterOf({ backends, ticksPerExchange, origin });
      next.fence = { generation: 1, epoch: 2, topologyVersion: 2 };
      await next.start();
      await next.runTo(200);
      expect(next.digestAt(200)).toBe(expected.get(200));
    }
  });
});
