import { afterEach, expect, test } from 'vitest';
import type {
  HaloSubscriber,
  HaloTransport,
} from '../../../services/backend/halos/halo-transport.ts';
import { mix } from '../../../services/world/arithmetic/randomness.ts';
import {
  drawEvent,
  EVENT_KINDS,
  type InjectedEvent,
} from '../../../services/world/events/events.ts';
import { addDigests, digestOf, formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { topologyOf } from '../../unit/backend/topology-fixture.ts';
import { expectedDigest } from './harness.ts';

import { clock, dropAll, host, POLL, settled, spec } from './thread-host.ts';

afterEach(dropAll);

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [2, 4],
])(
  'on %i threads, %i ticks per exchange, the digests are those of one piece',
  async (threads, k) => {
    const { hosted, grantTo } = host({ threads, k });
    await hosted.initializeShards(settled);
    expect(hosted.initializedShards).toBe(12);
    hosted.startTicking();
    grantTo(200);
    await expect.poll(() => hosted.shards?.tick, POLL).toBe(200);
    await expect.poll(() => hosted.samples.samples.at(-1)?.tick, POLL).toBe(200);
    const digests = hosted.samples.samples.flatMap(({ digest }) => digest ?? []);
    expect(digests).toEqual([0, 100, 200].map((tick) => expectedDigest(tick, spec)));
  },
);

/** Two backends that hand their halos to each other. */
function hostPair(k: number) {
  const of = topologyOf({
    ...{ width: spec.width, height: spec.height, shardSize: 32 },
    owners: Array.from({ length: 12 }, (_, shard) => (shard < 5 ? 0 : 1)),
  });
  const pair: ReturnType<typeof host>[] = [];
  const subscribers = new Map<string, HaloSubscriber>();
  for (const ownIndex of [0, 1]) {
    const other = () => pair[1 - ownIndex]?.hosted.exchange;
    const haloTransport: HaloTransport = {
      subscribe: (_peer, subscriber) => {
        subscribers.set(`boot-${ownIndex}`, subscriber);
        const nothing = () => undefined;
        return { missed: nothing, reset: nothing, close: nothing };
      },
      send: (bootId, message) => {
        const sent = message.slice();
        setImmediate(() => subscribers.get(bootId)?.accept(sent));
      },
      makeRoom: () => undefined,
      abandon: () => undefined,
      pull: async (_peer, tick) => other()?.find(`boot-${ownIndex}`, tick) as Uint8Array,
    };
    pair.push(host({ of, ownIndex, haloTransport, k }));
  }
  return pair;
}

test.each([1, 2, 4])('two backends with threads, %i ticks per exchange, agree', async (k) => {
  const pair = hostPair(k);
  // In the tick of an exchange, in the next one, and in the middle of a step.
  const events = [40, 41, 43].map((tick, i): InjectedEvent => {
    return { sequence: i + 1, tick, event: drawEvent('extraFood', (j) => mix(j + i), spec) };
  });
  for (const { hosted, events: held } of pair) {
    held.take(events, 0);
    await hosted.initializeShards(settled);
    expect(hosted.shards?.blocks.length).toBeGreaterThan(1);
  }
  for (const { hosted, grantTo } of pair) {
    hosted.startTicking();
    grantTo(200);
  }
  const digests = (index: number) =>
    pair[index]?.hosted.samples.samples.flatMap(({ digest }) => digest ?? []) ?? [];
  for (const index of [0, 1]) await expect.poll(() => digests(index).length, POLL).toBe(3);
  const together = digests(0).map((digest, i) => {
    return formatDigest(addDigests(BigInt(`0x${digest}`), BigInt(`0x${digests(1)[i]}`)));
  });
  const world = new SingleWorld(spec, { events });
  const expected: string[] = [];
  for (; world.tick <= 200; world.step()) {
    if (world.tick % 100 === 0) expected.push(formatDigest(world.digest()));
  }
  expect(together).toEqual(expected);
});

test('events happen as in one piece', async () => {
  // At ticks where margins are filled, and between them.
  const events = EVENT_KINDS.map((kind, i): InjectedEvent => {
    return { sequence: i + 1, tick: 40 + i, event: drawEvent(kind, (j) => mix(j + i), spec) };
  });
  const { hosted, grantTo, events: held } = host({ k: 3 });
  held.take(events, 0);
  await hosted.initializeShards(settled);
  hosted.startTicking();
  grantTo(100);
  await expect.poll(() => hosted.samples.samples.at(-1)?.tick, POLL).toBe(100);
  const world = new SingleWorld(spec, { events });
  while (world.tick < 100) world.step();
  expect(hosted.samples.samples.at(-1)?.digest).toBe(formatDigest(world.digest()));
});

test('a reader sees all shards in one state, while they tick', async () => {
  const { hosted, grantTo } = host();
  await hosted.initializeShards(settled);
  hosted.startTicking();
  const seen = new Map<number, string>();
  while (seen.size <= 20) {
    await hosted.shards?.read((blocks, { minTick, maxTick }) => {
      expect(minTick).toBe(maxTick);
      const digest = blocks.map(digestOf).reduce(addDigests, 0n);
      seen.set(minTick, formatDigest(digest));
      grantTo(minTick + 5);
    });
    await clock.yieldToIo();
  }
  const world = new SingleWorld(spec);
  for (const [tick, digest] of seen) {
    while (world.tick < tick) world.step();
    expect([tick, formatDigest(world.digest())]).toEqual([tick, digest]);
  }
});

test('once dropped in the middle of a tick, it writes nothing any more', async () => {
  const { hosted, grantTo } = host();
  await hosted.initializeShards(settled);
  const { shards } = hosted;
  hosted.startTicking();
  grantTo(1_000_000);
  await expect.poll(() => shards?.tick, POLL).toBeGreaterThan(10);
  await hosted.drop();
  const after = () => shards?.blocks.map(digestOf);
  const before = after();
  await clock.sleep(50);
  expect(after()).toEqual(before);
});
