import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTracing } from '../../../services/platform/observability/create-tracing.ts';
import { type Tracing, traced } from '../../../services/platform/observability/tracing.ts';
import { FakeCollector } from '../../support/fake-collector.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

let collector: FakeCollector;
let endpoint: string;
let tracing: Tracing;
beforeEach(async () => {
  collector = new FakeCollector();
  endpoint = await collector.listen();
  tracing = await tracingTo(endpoint);
});
afterEach(() => collector.close());

async function tracingTo(address: string): Promise<Tracing> {
  const self = { service: 'colony-backend', id: 'backend-1', colonyName: 'colony' };
  const made = await createTracing({ endpoint: address, ...self });
  if (made === undefined) throw new Error('there is no tracing');
  return made;
}

test('a collector is told of spans by the process that they are of', async () => {
  await traced(tracing, 'work', { shards: 3 }, () =>
    traced(tracing, 'part', {}, async () => undefined),
  );
  await tracing.close();
  expect([...collector.paths]).toEqual(['POST /v1/traces']);
  const [part] = collector.named('part');
  expect(collector.lineOf(part!)).toEqual(['part', 'work']);
  expect(part?.service).toBe('colony-backend');
  expect(collector.named('work')[0]?.traceId).toBe(part?.traceId);
});

test('a span of another process is gone on with', async () => {
  await traced(tracing, 'work', {}, async () => undefined, PARENT);
  await tracing.close();
  expect(collector.spans).toMatchObject([{ traceId: TRACE_ID, parentSpanId: 'b7ad6b7169203331' }]);
});

test('work that fails is told of as that', async () => {
  const failing = traced(tracing, 'work', {}, () => Promise.reject(new Error('no memory')));
  await expect(failing).rejects.toThrow('no memory');
  await tracing.close();
  expect(collector.spans).toMatchObject([{ status: { code: 2, message: 'no memory' } }]);
});

test('a collector that is away costs nothing but what it is not told', async () => {
  const away = await tracingTo('http://127.0.0.1:1');
  expect(await traced(away, 'work', {}, async () => 7)).toBe(7);
  await away.close();
});
