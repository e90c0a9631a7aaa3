import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordStore } from '../../../services/platform/record/record-store.ts';
import type { Clock } from '../../../services/platform/runtime/clock.ts';
import { ColonyCluster, type CoordinatorMember } from '../../simulation/colony-cluster.ts';
import { SeededRandomness } from '../../simulation/seeded-randomness.ts';
import { SMALL_WORLD } from '../../simulation/small-world.ts';
import { type Post, raceForColony } from '../../support/start-race.ts';

/** As in test/cluster with processes, here with an order of the writes that the seed repeats. */

const ROUNDS = 50;
/** Starts, reads and writes are each under way for up to so long, there and back. */
const WAY_MAX_MS = 20;
const seed = randomInt(2 ** 31);
const randomness = new SeededRandomness(seed);

let cluster: ColonyCluster;
let coordinators: CoordinatorMember[];
beforeAll(async () => {
  cluster = new ColonyCluster({
    defaultSpec: { ...SMALL_WORLD, width: 32, height: 32 },
    ticksPerSecond: 10,
    recordPollMs: 50,
  });
  const store = farAway(cluster.store, cluster.clock);
  coordinators = [await cluster.addCoordinator({ store }), await cluster.addCoordinator({ store })];
  await cluster.addBackend();
  await cluster.clock.advance(1_000);
});
afterAll(() => cluster.close());

const way = () => randomness.fraction() * WAY_MAX_MS;

/** The same store, every call and every answer of it delayed by some time of its own. */
function farAway(store: RecordStore, clock: Clock): RecordStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        await clock.sleep(way());
        const result: unknown = await Reflect.apply(member, target, args);
        await clock.sleep(way());
        return result;
      };
    },
  });
}

const post: Post = async (coordinator, path) => {
  await cluster.clock.sleep(way());
  const answer = await coordinators[coordinator]?.request(path, { method: 'POST' });
  return { status: answer?.status ?? 0, body: await answer?.json() };
};

test(`200 concurrent starts with 50 keys at two coordinators: one key wins, ${ROUNDS} times (seed ${seed})`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const race = raceForColony({ post, randomness, generation: round });
    await cluster.during(race).catch((cause: unknown) => {
      throw new Error(`round ${round} of seed ${seed}`, { cause });
    });
  }
  const record = await cluster.store.read();
  expect(record).toMatchObject({ status: 'NotInitialized', generation: ROUNDS });
});
