import { afterEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import { askForBackends, askForPace } from '../../../services/cli/local/given-flags.ts';
import { FakeColony, type Routes, recordingOutput } from './fake-colony.ts';

let colony: FakeColony | undefined;
afterEach(async () => {
  await colony?.close();
  colony = undefined;
});

const NO_LEADER = {
  status: 503,
  body: { title: 'No leader', status: 503, code: 'NO_LEADER', detail: 'not taken up yet' },
};
const FAILED = {
  status: 409,
  body: { title: 'The colony has failed', status: 409, code: 'COLONY_FAILED' },
};
const RUNS = {
  body: { colonyInstanceId: 'i', paused: false, effectiveTick: 7, ticksPerSecond: 10 },
};

/** What is said of a pace of 10 where it was 60, and what was asked for. */
async function askedOf(routes: Routes, patienceMs = 60_000) {
  colony = await new FakeColony(routes).listen();
  const output = recordingOutput();
  const { signal } = new AbortController();
  await askForPace(
    new ApiClient(colony.url),
    { pace: 10, was: 60 },
    { output, signal, patienceMs },
  );
  return { said: [...output.lines, ...output.notes], requests: colony.requests };
}

describe('the pace that a launch is given for a colony that is there already', () => {
  test('becomes its pace, and it is said what it was', async () => {
    const { said, requests } = await askedOf({ 'PUT /colony-pace': [RUNS] });
    expect(requests).toMatchObject([{ body: '{"ticksPerSecond":10}' }]);
    expect(said).toEqual(['Its pace is 10 ticks/s now, as --pace says; it was 60 ticks/s.']);
  });

  test('is asked for again until the colony is taken up', async () => {
    const { said } = await askedOf({ 'PUT /colony-pace': [NO_LEADER, NO_LEADER, RUNS] });
    expect(said).toEqual([expect.stringContaining('Its pace is 10 ticks/s now')]);
  });

  test('that is refused is said, with how to set it later', async () => {
    const { said, requests } = await askedOf({ 'PUT /colony-pace': [FAILED] });
    expect(requests).toHaveLength(1);
    expect(said).toEqual([
      `Its pace stays 60 ticks/s, not --pace 10: COLONY_FAILED: The colony has failed. To set it: npm run colony -- pace 10 --url ${colony?.url}`,
    ]);
  });

  test('is given up in time where nobody takes it', async () => {
    const { said } = await askedOf({ 'PUT /colony-pace': [NO_LEADER] }, 0);
    expect(said).toEqual([expect.stringContaining('Its pace stays 60 ticks/s')]);
  });
});

describe('the number of backends that a launch is given for a colony that is there already', () => {
  const askedOfBackends = async (routes: Routes) => {
    colony = await new FakeColony(routes).listen();
    const output = recordingOutput();
    const { signal } = new AbortController();
    await askForBackends(
      new ApiClient(colony.url),
      { backends: 2, was: 4 },
      { output, signal, patienceMs: 60_000 },
    );
    return { said: [...output.lines, ...output.notes], requests: colony.requests };
  };

  test('is what it has from then on, once somebody leads', async () => {
    const { said, requests } = await askedOfBackends({
      'PUT /colony-scale': [NO_LEADER, { body: { backends: 2, before: 4 } }],
    });
    expect(requests).toMatchObject([{}, { body: '{"backends":2}' }]);
    expect(said).toEqual(['It has 2 backends from now on, as --backends says; 4 were wanted.']);
  });

  test('that is refused is said, with how to set it later', async () => {
    const { said } = await askedOfBackends({ 'PUT /colony-scale': [FAILED] });
    expect(said).toEqual([
      `It goes on with 4 backends, not --backends 2: COLONY_FAILED: The colony has failed. To set it: npm run colony -- scale 2 --url ${colony?.url}`,
    ]);
  });
});
