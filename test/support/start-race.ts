import { expect } from 'vitest';
import type { Randomness } from '../../services/platform/runtime/randomness.ts';

const KEYS = 50;
const STARTS = 200;

/** Posts to one of the coordinators, by its index. */
export type Post = (
  coordinator: number,
  path: string,
) => Promise<{ status: number; body: unknown }>;

interface Seen {
  key: string;
  status: number;
  code?: string;
  colonyInstanceId?: string;
  generation?: number;
}

/**
 * One round of a race for a colony at two coordinators: 200 concurrent starts with 50 keys, then
 * what everybody is told once it is started, then the stop of the instance.
 *
 * @param o.randomness makes the keys and the order of the starts
 * @param o.generation of the record before the round
 */
export async function raceForColony(o: {
  post: Post;
  randomness: Randomness;
  generation: number;
}): Promise<void> {
  const { post, randomness } = o;
  const start = async (coordinator: number, key: string, waitSeconds = 0): Promise<Seen> => {
    const query = `idempotency_key=${key}&wait=${waitSeconds}`;
    const { status, body } = await post(coordinator, `/colony-start?${query}`);
    return { ...(body as object), key, status };
  };
  const keys = Array.from({ length: KEYS }, () => randomness.uuid());
  const starts = Array.from({ length: STARTS }, (_, i) => ({
    key: keys[i % KEYS] as string,
    coordinator: Math.floor(i / KEYS) % 2,
    order: randomness.uuid(),
  })).sort((a, b) => (a.order < b.order ? -1 : 1));
  const seen = await Promise.all(starts.map(({ coordinator, key }) => start(coordinator, key)));

  const [winner = '', ...others] = new Set(
    seen.filter(({ status }) => status !== 409).map(({ key }) => key),
  );
  expect(keys, 'the winning key').toContain(winner);
  expect(others, 'other keys that were not refused').toEqual([]);
  const won = seen.filter(({ key }) => key === winner);
  expect(won).toHaveLength(STARTS / KEYS);
  const colony = {
    colonyInstanceId: won[0]?.colonyInstanceId,
    generation: o.generation + 1,
  };
  for (const answer of won) {
    expect([200, 202]).toContain(answer.status);
    expect(answer).toMatchObject(colony);
  }
  for (const { code } of seen.filter(({ key }) => key !== winner)) {
    expect(code).toMatch(/^COLONY_(START_IN_PROGRESS|ALREADY_STARTED)$/);
  }

  const loser = keys.find((key) => key !== winner) ?? '';
  for (const coordinator of [0, 1]) {
    let answer: Seen;
    do answer = await start(coordinator, winner, 25);
    while (answer.status === 202);
    expect(answer).toMatchObject({ status: 200, ...colony });
    expect(await start(coordinator, loser)).toMatchObject({
      status: 409,
      code: 'COLONY_ALREADY_STARTED',
    });
  }
  const stop = await post(0, `/colony-stop?colony_instance_id=${colony.colonyInstanceId}`);
  expect(stop).toMatchObject({ status: 200, body: { status: 'stopped' } });
}
