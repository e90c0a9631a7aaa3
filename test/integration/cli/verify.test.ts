import { afterEach, expect, test } from 'vitest';
import { ApiClient } from '../../../services/cli/api-client.ts';
import { layWorld, replayTo } from '../../../services/cli/replay.ts';
import { verifyCommand } from '../../../services/cli/verify.command.ts';
import type { ColonyView } from '../../../services/protocol/public-api.ts';
import { DEFAULT_RULES } from '../../../services/world/rules.ts';
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

async function digestsTo(lastTick: number) {
  const world = layWorld(spec);
  const entries: { tick: number; digest: string }[] = [];
  for (let tick = 0; tick <= lastTick; tick += 100) {
    entries.push({ tick, digest: await replayTo(world, tick) });
  }
  return entries;
}

let colony: FakeColony | undefined;
afterEach(() => colony?.close());

async function verify(routes: Routes, options: { to?: number; json?: boolean } = {}) {
  colony = await new FakeColony({
    'GET /colony': [view()],
    'GET /colony-events': [{ body: [] }],
    ...routes,
  }).listen();
  const output = recordingOutput();
  const run = verifyCommand(new ApiClient(colony.url), options, output);
  const result = await run.then(
    (exitCode) => ({ exitCode, text: output.lines.join('\n') }),
    (error) => ({ exitCode: error.exitCode, text: error.message }),
  );
  return { ...result, documents: output.documents };
}

test('a colony whose digests are those of the replay is bit-identical', async () => {
  const { exitCode, text } = await verify({ 'GET /digests': [{ body: await digestsTo(200) }] });
  expect(text).toBe('bit-identical up to tick 200 (3 digests compared)');
  expect(exitCode).toBe(0);
});

test('--to compares no further', async () => {
  const routes = { 'GET /digests': [{ body: await digestsTo(200) }] };
  expect((await verify(routes, { to: 150 })).text).toContain('up to tick 100 (2 digests');
});

test('the first digest that differs is named with both values', async () => {
  const digests = await digestsTo(200);
  const { digest } = digests[1]!;
  digests[1] = { tick: 100, digest: '0000000000000000' };
  const { exitCode, text } = await verify({ 'GET /digests': [{ body: digests }] });
  expect(text).toBe(`differs at tick 100: stored 0000000000000000, replayed ${digest}`);
  expect(exitCode).toBe(1);
});

test('--json gives the verdict as one document', async () => {
  const routes = { 'GET /digests': [{ body: await digestsTo(0) }] };
  expect((await verify(routes, { json: true })).documents).toEqual([
    { identical: true, tick: 0, compared: 1, colonyInstanceId: 'instance-1' },
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
  const [first, , third] = await digestsTo(200);
  const { exitCode, text } = await verify({ 'GET /digests': [{ body: [first, third] }] });
  expect(exitCode).toBe(1);
  expect(text).toContain('tick 100 expected, tick 200 found');
});

test('a colony of another engine version is not compared', async () => {
  const { exitCode, text } = await verify({ 'GET /colony': [view({ engineVersion: 999 })] });
  expect(exitCode).toBe(1);
  expect(text).toContain('engine version 999');
});

test('an instance that changed while it was fetched is noticed', async () => {
  const { exitCode, text } = await verify({
    'GET /colony': [view(), view({ colonyInstanceId: 'instance-2' })],
    'GET /digests': [{ body: await digestsTo(0) }],
  });
  expect(exitCode).toBe(1);
  expect(text).toContain('from instance instance-1 to instance-2');
});

test('an instance that was stopped while it was replayed is noticed', async () => {
  const { exitCode, text } = await verify({
    'GET /colony': [view(), view(), { body: idleView() }],
    'GET /digests': [{ body: await digestsTo(0) }],
  });
  expect(exitCode).toBe(1);
  expect(text).toContain('to none');
});

test('the whole log of events is read page by page; events it cannot replay are refused', async () => {
  const log = Array.from({ length: 45 }, (_, i) => ({ sequence: i, tick: i, kind: 'extinction' }));
  const { exitCode, text } = await verify({
    'GET /colony-events': (url) => {
      const from = Number(url.searchParams.get('from'));
      return { body: log.slice(from, from + Number(url.searchParams.get('limit'))) };
    },
    'GET /digests': [{ body: await digestsTo(0) }],
  });
  expect(exitCode).toBe(1);
  expect(text).toContain('45 events');
});
