import { afterEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/client/api-client.ts';
import { type VerifyOptions, verifyCommand } from '../../../services/cli/replay/verify.command.ts';
import type { ColonyView } from '../../../services/protocol/api/public-api.ts';
import { colonyEventOf } from '../../../services/protocol/colony/colony-event.ts';
import { type Row, toColumns } from '../../../services/protocol/series/table.ts';
import { STATISTICS_TABLE } from '../../../services/protocol/series/tables.ts';
import type { InjectedEvent } from '../../../services/world/events/events.ts';
import { formatDigest } from '../../../services/world/measuring/digest.ts';
import { SingleWorld } from '../../../services/world/single-world.ts';
import { DEFAULT_RULES } from '../../../services/world/spec/rules.ts';
import { replayHost } from '../../support/kernel/replay-host.ts';
import { colonyView, idleView } from '../../unit/cli/colony-view.fixture.ts';
import { FakeColony, type Routes, recordingOutput } from './fake-colony.ts';

const spec = {
  width: 48,
  height: 32,
  shardSize: 16,
  seed: 5,
  rules: { ...DEFAULT_RULES },
  randomEvents: false,
};
const view = (more: Partial<ColonyView> = {}) => ({ body: colonyView({ spec, ...more }) });

function digestsTo(lastTick: number, events: readonly InjectedEvent[] = []) {
  const world = new SingleWorld(spec, { events });
  const entries: { tick: number; digest: string }[] = [];
  for (let tick = 0; tick <= lastTick; tick += 100) {
    while (world.tick < tick) world.step();
    entries.push({ tick, digest: formatDigest(world.digest()) });
  }
  return entries;
}

const ASKED = { colonyInstanceId: 'instance-1', from: 0, to: 200 };
const statistics = (rows: readonly Row[]) => ({
  body: { ...ASKED, everyTicks: 20, columns: toColumns(STATISTICS_TABLE, rows) },
});

function statisticsTo(lastTick: number): Row[] {
  const world = new SingleWorld(spec);
  const rows: Row[] = [];
  for (let tick = 0; tick <= lastTick; tick += 20) {
    while (world.tick < tick) world.step();
    rows.push({ tick, ...world.statistics(), ...world.takeChanges() });
  }
  return rows;
}

let colony: FakeColony | undefined;
afterEach(() => colony?.close());

async function verify(routes: Routes, options: VerifyOptions = {}, host = replayHost()) {
  colony = await new FakeColony({
    'GET /colony': [view()],
    'GET /colony-events': [{ body: [] }],
    'GET /statistics': [statistics([])],
    'GET /surveys': [{ body: { ...ASKED, everyTicks: 500, surveys: [] } }],
    ...routes,
  }).listen();
  const output = recordingOutput();
  const run = verifyCommand(new ApiClient(colony.url), options, output, host);
  const result = await run.then(
    (exitCode) => ({ exitCode, text: output.lines.join('\n') }),
    (error) => ({ exitCode: error.exitCode, text: error.message }),
  );
  return { ...result, documents: output.documents, notes: output.notes };
}

test('a colony whose digests are those of the replay is bit-identical', async () => {
  const { exitCode, text } = await verify({ 'GET /digests': [{ body: digestsTo(200) }] });
  expect(text).toBe('bit-identical up to tick 200 (3 digests and 0 rows compared)');
  expect(exitCode).toBe(0);
});

test('--reference finds the same with the readable kernel, without a compiled one', async () => {
  const noKernel = replayHost({
    createEngine: () => {
      throw new Error('there is none');
    },
  });
  const routes = { 'GET /digests': [{ body: digestsTo(200) }] };
  const { exitCode, text } = await verify(routes, { reference: true }, noKernel);
  expect(text).toBe('bit-identical up to tick 200 (3 digests and 0 rows compared)');
  expect(exitCode).toBe(0);
});

test('a machine that lacks the compiled kernel is told so in one line, exit code 2', async () => {
  const noKernel = replayHost({
    createEngine: () => {
      throw new Error('the compiled kernel /x/kernel.wasm cannot be read: run `npm run build`');
    },
  });
  const routes = { 'GET /digests': [{ body: digestsTo(0) }] };
  const { exitCode, text } = await verify(routes, {}, noKernel);
  expect(exitCode).toBe(2);
  expect(text).toBe(
    'The world cannot be replayed: the compiled kernel /x/kernel.wasm cannot be read: run `npm run build`. --reference replays it without, in one thread.',
  );
});

test('a thread that cannot start is told in one line, exit code 2', async () => {
  const routes = { 'GET /digests': [{ body: digestsTo(0) }] };
  const { exitCode, text } = await verify(routes, {}, replayHost({ workerFile: '/nowhere.mjs' }));
  expect(exitCode).toBe(2);
  expect(text).toMatch(
    /^The world cannot be replayed: a kernel thread failed: .*nowhere\.mjs.*--reference.*\.$/,
  );
});

test('--to compares no further', async () => {
  const routes = { 'GET /digests': [{ body: digestsTo(200) }] };
  expect((await verify(routes, { to: 150 })).text).toContain('up to tick 100 (2 digests');
});

test('the first digest that differs is named with both values', async () => {
  const digests = digestsTo(200);
  const { digest } = digests[1]!;
  digests[1] = { tick: 100, digest: '0000000000000000' };
  const { exitCode, text } = await verify({ 'GET /digests': [{ body: digests }] });
  expect(text).toBe(`differs at tick 100: stored 0000000000000000, replayed ${digest}`);
  expect(exitCode).toBe(1);
});

test('the rows of statistics are compared too', async () => {
  const { text } = await verify({
    'GET /digests': [{ body: digestsTo(200) }],
    'GET /statistics': [statistics(statisticsTo(200))],
  });
  expect(text).toBe('bit-identical up to tick 200 (3 digests and 11 rows compared)');
});

test('the first row that differs is named with its table, tick and column', async () => {
  const rows = statisticsTo(200);
  const births = rows[7]?.['births'];
  rows[7] = { ...rows[7]!, births: 9_999 };
  const { exitCode, text } = await verify({
    'GET /digests': [{ body: digestsTo(200) }],
    'GET /statistics': [statistics(rows)],
  });
  expect(text).toBe(
    `differs at tick 140: statistics, column births, stored 9999, replayed ${births}`,
  );
  expect(exitCode).toBe(1);
});

test('digests are compared, and the rows that there are, while the colony cannot give others', async () => {
  const incomplete = { code: 'STORE_UNAVAILABLE', detail: 'segment 0/0 is gone' };
  const { body } = statistics([]);
  const { exitCode, notes, documents } = await verify(
    {
      'GET /digests': [{ body: digestsTo(200) }],
      'GET /statistics': [{ body: { ...body, incomplete } }],
    },
    { json: true },
  );
  expect(exitCode).toBe(0);
  const leftOut = { table: 'statistics', from: 0, to: 200, ...incomplete };
  expect(documents).toMatchObject([{ identical: true, compared: 3, leftOut: [leftOut] }]);
  expect(notes).toEqual([
    'Not compared: the rows of statistics from tick 0 to 200 (STORE_UNAVAILABLE: segment 0/0 is gone).',
  ]);
});

test('--json gives the verdict as one document', async () => {
  const routes = { 'GET /digests': [{ body: digestsTo(0) }] };
  expect((await verify(routes, { json: true })).documents).toEqual([
    { identical: true, tick: 0, compared: 1, rows: 0, colonyInstanceId: 'instance-1' },
  ]);
});

test('without a digest there is nothing to compare yet', async () => {
  const { exitCode, text } = await verify({ 'GET /digests': [{ body: [] }] });
  expect([exitCode, text]).toEqual([1, 'There is nothing to compare yet.']);
});

test('without a colony there is nothing to compare yet', async () => {
  const { exitCode, text } = await verify({ 'GET /colony': [{ body: idleView() }] });
  expect(exitCode).toBe(1);
  expect(text).toContain('nothing to compare yet');
});

test('a gap in the list of digests is said', async () => {
  const [first, , third] = digestsTo(200);
  const { exitCode, text } = await verify({ 'GET /digests': [{ body: [first, third] }] });
  expect(exitCode).toBe(1);
  expect(text).toContain('tick 100 expected, tick 200 found');
});

describe('a list of digests that is longer than a page', () => {
  const stored = Array.from({ length: 2_500 }, (_, i) => ({
    tick: i * 100,
    digest: i.toString(16).padStart(16, '0'),
  }));

  async function listOf(answers: (from: number, limit: number) => typeof stored) {
    colony = await new FakeColony({
      'GET /digests': ({ searchParams }) => {
        const [from, limit] = ['from', 'limit'].map((name) => Number(searchParams.get(name)));
        return { body: answers(from ?? 0, limit ?? 0) };
      },
    }).listen();
    return new ApiClient(colony.url).digests();
  }

  test('is fetched whole, in the order of its ticks', async () => {
    const list = await listOf((from, limit) =>
      stored.filter(({ tick }) => tick >= from).slice(0, limit),
    );
    expect(list).toEqual(stored);
    expect(colony?.requests).toHaveLength(3);
  });

  test('and whose server answers the same page again ends with an error', async () => {
    const list = listOf((_from, limit) => stored.slice(0, limit));
    await expect(list).rejects.toThrow(/the same page of digests twice/);
  });
});

test('a colony of another engine version is not compared', async () => {
  const { exitCode, text } = await verify({ 'GET /colony': [view({ engineVersion: 999 })] });
  expect(exitCode).toBe(1);
  expect(text).toContain('engine version 999');
});

test('an instance that changed while it was fetched is noticed', async () => {
  const { exitCode, text } = await verify({
    'GET /colony': [view(), view({ colonyInstanceId: 'instance-2' })],
    'GET /digests': [{ body: digestsTo(0) }],
  });
  expect(exitCode).toBe(1);
  expect(text).toContain('from instance instance-1 to instance-2');
});

test('an instance that was stopped while it was replayed is noticed', async () => {
  const { exitCode, text } = await verify({
    'GET /colony': [view(), view(), { body: idleView() }],
    'GET /digests': [{ body: digestsTo(0) }],
  });
  expect(exitCode).toBe(1);
  expect(text).toContain('to none');
});

test('injected events of a log of several pages are replayed', async () => {
  const events = Array.from({ length: 250 }, (_, i): InjectedEvent => {
    const event = { kind: 'extraFood', amount: i % 2 === 0 ? 1 : -1 } as const;
    return { sequence: i + 1, tick: 20 + Math.floor(i / 3), event };
  });
  const log = [
    // Not to be applied: the spec of this world has no random events.
    colonyEventOf({ sequence: null, tick: 10, event: { kind: 'extinction', draw: 1 } }),
    ...events.map((event) => colonyEventOf(event)),
  ];
  const digests = digestsTo(100, events);
  const pages: string[] = [];
  const { exitCode, text } = await verify({
    'GET /colony-events': (url) => {
      pages.push(url.search);
      const [from, limit] = ['from', 'limit'].map((name) => Number(url.searchParams.get(name)));
      const rest = log.filter(({ tick }) => tick >= (from ?? 0));
      const last = rest[(limit ?? 0) - 1]?.tick ?? Number.POSITIVE_INFINITY;
      return { body: rest.filter(({ tick }) => tick <= last) };
    },
    'GET /digests': [{ body: digests }],
  });
  expect(text).toBe('bit-identical up to tick 100 (2 digests and 0 rows compared)');
  expect(exitCode).toBe(0);
  expect(pages.length).toBeGreaterThan(2);
});
