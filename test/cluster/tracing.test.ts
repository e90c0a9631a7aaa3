import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { FakeCollector } from '../support/fake-collector.ts';
import { Processes } from './processes.fixture.ts';

/** What a collector is told of a start and of a recovery of real processes. */

const processes = new Processes();
const collector = new FakeCollector();
let otlpEndpoint: string;
beforeAll(async () => {
  otlpEndpoint = await collector.listen();
  await processes.startStore();
});
afterEach(() => processes.clear());
afterAll(async () => {
  await processes.close();
  await collector.close();
});

const has = (name: string, count = 1) =>
  processes.until(`there are spans ${name}`, () => collector.named(name).length >= count);

/** The names of the spans to which those of a name belong, from these upwards; each line once. */
const linesOf = (name: string) =>
  [...new Set(collector.named(name).map((span) => collector.lineOf(span).join(' < ')))].sort();

test('a start and a recovery are each one trace, across processes', async () => {
  const leader = await processes.coordinator('traced', { otlpEndpoint, minBackends: 2 });
  await processes.leads(leader);
  const [first] = [
    await processes.backend('traced', { otlpEndpoint }),
    await processes.backend('traced', { otlpEndpoint }),
  ];
  expect((await leader.start('key-1', 25)).status).toBe(200);
  await processes.digestsTo(leader, 100);
  await has('colony start');
  await has('answer /rpc/startTicking', 2);

  const start = 'initialize < colony start < colony-start';
  expect(linesOf('answer /rpc/initializeShards')).toEqual([
    `answer /rpc/initializeShards < call /rpc/initializeShards < initialize-shards < ${start}`,
  ]);
  expect(linesOf('answer /rpc/startTicking')).toEqual([
    'answer /rpc/startTicking < call /rpc/startTicking < start-ticking < colony start < colony-start',
  ]);
  expect(linesOf('set-topology')).toEqual([`set-topology < ${start}`]);
  for (const stage of ['initialize-colony', 'initialize-topology', 'initialize-shards']) {
    expect(collector.named(stage)).toHaveLength(2);
  }
  const { traceId } = collector.named('colony start')[0]!;
  const told = collector.spans.filter((span) => span.traceId === traceId);
  expect(new Set(told.map(({ service }) => service))).toEqual(
    new Set(['colony-coordinator', 'colony-backend']),
  );

  first?.signal('SIGKILL');
  await has('colony recovery');
  await has('replay');
  expect(linesOf('replay')).toEqual(['replay < colony recovery']);
  expect(linesOf('choose origin')).toEqual(['choose origin < place shards < colony recovery']);
  const recovery = collector.named('colony recovery')[0]!;
  expect(recovery.traceId).not.toBe(traceId);
  expect(recovery.status?.code).not.toBe(2);

  // Nothing is told of what happens all the time.
  expect(collector.named('call /rpc/heartbeat')).toEqual([]);
  expect(collector.named('answer /rpc/heartbeat')).toEqual([]);
});
