import { describe, expect, test } from 'vitest';
import { createTracing } from '../../../../services/platform/observability/create-tracing.ts';
import {
  readTraceparent,
  traced,
  tracedPart,
} from '../../../../services/platform/observability/tracing.ts';
import { MemoryTracing } from '../../../simulation/memory-tracing.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('without a collector there is no tracing', async () => {
  const self = { service: 'colony-backend', id: 'b1', colonyName: 'colony' };
  expect(await createTracing({ endpoint: undefined, ...self })).toBeUndefined();
  expect(await traced(undefined, 'work', {}, async () => 7)).toBe(7);
});

describe('work that is traced', () => {
  test('is a span that ends with it', async () => {
    const tracing = new MemoryTracing();
    expect(await traced(tracing, 'work', { shards: 3 }, async () => 7)).toBe(7);
    expect(tracing.spans).toMatchObject([
      { name: 'work', attributes: { shards: 3 }, parent: undefined, outcome: 'done' },
    ]);
  });

  test('fails as it would without', async () => {
    const tracing = new MemoryTracing();
    const work = async () => {
      throw new Error('no memory');
    };
    await expect(traced(tracing, 'work', {}, work)).rejects.toThrow('no memory');
    expect(tracing.spans).toMatchObject([{ outcome: 'failed' }]);
  });

  test('has its parts as spans, which by themselves are none', async () => {
    const tracing = new MemoryTracing();
    const part = () => tracedPart(tracing, 'part', {}, async () => undefined);
    await part();
    await traced(tracing, 'work', {}, part);
    await part();
    expect(tracing.spans.map(({ name, parent }) => [name, parent])).toEqual([
      ['work', undefined],
      ['part', 'work'],
    ]);
  });

  test('belongs to a span of another process, if that is named', async () => {
    const tracing = new MemoryTracing();
    await traced(tracing, 'work', {}, async () => undefined, TRACEPARENT);
    expect(tracing.spans[0]?.parent).toBe(TRACEPARENT);
  });
});

test.each([
  [TRACEPARENT, TRACEPARENT],
  [undefined, undefined],
  ['', undefined],
  [`${TRACEPARENT}-more`, undefined],
  [TRACEPARENT.toUpperCase(), undefined],
  [TRACEPARENT.replace(/^00/, '01'), undefined],
  [`00-${'0'.repeat(32)}-b7ad6b7169203331-01`, undefined],
  [`00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`, undefined],
  ['x'.repeat(100_000), undefined],
])('of the header %.60s is believed: %s', (header, expected) => {
  expect(readTraceparent(header)).toBe(expected);
});
