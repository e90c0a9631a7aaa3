import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, test } from 'vitest';
import { SeededRandomness } from '../simulation/seeded-randomness.ts';
import { type Post, raceForColony } from '../support/start-race.ts';
import type { Service } from './child.fixture.ts';
import { Processes } from './processes.fixture.ts';

const ROUNDS = 50;
const seed = randomInt(2 ** 31);

const processes = new Processes();
// Each start has a connection of its own: none waits for the answer to another.
const agent = new Agent({ connections: 200, headersTimeout: 60_000 });
let coordinators: Service[];
beforeAll(async () => {
  await processes.startStore();
  coordinators = await Promise.all([processes.coordinator('race'), processes.coordinator('race')]);
  await processes.backend('race');
});
afterAll(async () => {
  await agent.close();
  await processes.close();
});

/** Posts until the answer is more than "not now": a busy machine's store may be slow to answer. */
const post: Post = async (coordinator, path) => {
  const url = `${coordinators[coordinator]?.url}${path}`;
  for (;;) {
    const { statusCode, body } = await request(url, { method: 'POST', dispatcher: agent });
    const answer = { status: statusCode, body: await body.json() };
    if (statusCode !== 503) return answer;
    await sleep(100);
  }
};

test(`200 concurrent starts with 50 keys at two processes: one key wins, ${ROUNDS} times (seed ${seed})`, async () => {
  const randomness = new SeededRandomness(seed);
  for (let round = 0; round < ROUNDS; round++) {
    await raceForColony({ post, randomness, generation: round }).catch((cause: unknown) => {
      throw new Error(`round ${round} of seed ${seed}\n${processes.lastLines()}`, { cause });
    });
  }
  // A stop at the other coordinator is seen by the leader's next look at the record.
  await processes.until('the last stop is seen', async () => {
    const view = await coordinators[0]?.api.colony();
    return view?.status === 'NotInitialized' && view.generation === ROUNDS;
  });
});
