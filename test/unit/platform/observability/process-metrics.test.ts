import { describe, expect, test } from 'vitest';
import {
  type MetricTable,
  oneOf,
} from '../../../../services/platform/observability/metric-table.ts';
import { ProcessMetrics } from '../../../../services/platform/observability/process-metrics.ts';
import { metricValue, readMetrics } from '../../../support/metrics-text.ts';

const TABLE = {
  depth: { kind: 'gauge', help: 'How deep.' },
  mood: { kind: 'gauge', help: 'Which mood.', labels: { mood: ['good', 'bad'] } },
  knocks_total: { kind: 'counter', help: 'Knocks.', labels: { by: ['him', 'her'] } },
  calls_total: { kind: 'counter', help: 'Calls.', labels: { by: 'names' } },
  steps_total: { kind: 'reading', help: 'Steps.' },
  wait_seconds: { kind: 'histogram', help: 'Waits.', labels: { at: ['door'] }, buckets: [1, 5] },
} as const satisfies MetricTable;

const samplesOf = async (metrics: ProcessMetrics<typeof TABLE>, name: string, read = {}) =>
  readMetrics(await metrics.scrape(() => read)).get(name)?.samples;

describe('a scrape', () => {
  test('shows every metric with its help and its type', async () => {
    const families = readMetrics(await new ProcessMetrics(TABLE).scrape(() => ({})));
    expect([...families].map(([name, { help, type }]) => [name, help, type])).toEqual([
      ['depth', 'How deep.', 'gauge'],
      ['mood', 'Which mood.', 'gauge'],
      ['knocks_total', 'Knocks.', 'counter'],
      ['calls_total', 'Calls.', 'counter'],
      ['steps_total', 'Steps.', 'counter'],
      ['wait_seconds', 'Waits.', 'histogram'],
    ]);
  });

  test('shows what was read for it, 0 too', async () => {
    const text = await new ProcessMetrics(TABLE).scrape(() => ({
      depth: 0,
      mood: oneOf('mood', ['good', 'bad'], 'bad'),
      steps_total: 7,
    }));
    expect(metricValue(text, 'depth')).toBe(0);
    expect(metricValue(text, 'mood', { mood: 'good' })).toBe(0);
    expect(metricValue(text, 'mood', { mood: 'bad' })).toBe(1);
    expect(metricValue(text, 'steps_total')).toBe(7);
  });

  test('shows the new value and no sum of both when it is read again', async () => {
    const metrics = new ProcessMetrics(TABLE);
    await metrics.scrape(() => ({ depth: 3, steps_total: 7 }));
    const text = await metrics.scrape(() => ({ depth: 2, steps_total: 9 }));
    expect(metricValue(text, 'depth')).toBe(2);
    expect(metricValue(text, 'steps_total')).toBe(9);
  });

  test.each(['depth', 'mood', 'steps_total'])('shows no %s that is not known', async (name) => {
    const metrics = new ProcessMetrics(TABLE);
    expect(await samplesOf(metrics, name)).toEqual([]);
    const known = { depth: 3, mood: oneOf('mood', ['good'], 'good'), steps_total: 7 };
    expect(await samplesOf(metrics, name, known)).toHaveLength(1);
    expect(await samplesOf(metrics, name)).toEqual([]);
  });

  test('is one for all who ask at the same time', async () => {
    const metrics = new ProcessMetrics(TABLE);
    let reads = 0;
    const read = () => ({ depth: ++reads });
    const texts = await Promise.all([metrics.scrape(read), metrics.scrape(read)]);
    expect(texts.map((text) => metricValue(text, 'depth'))).toEqual([1, 1]);
    expect(metricValue(await metrics.scrape(read), 'depth')).toBe(2);
  });

  test('that fails does not fail the next one', async () => {
    const metrics = new ProcessMetrics(TABLE);
    const failing = metrics.scrape(() => {
      throw new Error('nothing to read');
    });
    await expect(failing).rejects.toThrow('nothing to read');
    expect(metricValue(await metrics.scrape(() => ({ depth: 1 })), 'depth')).toBe(1);
  });
});

test('a counter is 0 from the beginning for every value of its labels that is known', async () => {
  const metrics = new ProcessMetrics(TABLE);
  metrics.count('knocks_total', { by: 'her' });
  metrics.count('knocks_total', { by: 'her' }, 3);
  const text = await metrics.scrape(() => ({}));
  expect(metricValue(text, 'knocks_total', { by: 'her' })).toBe(4);
  expect(metricValue(text, 'knocks_total', { by: 'him' })).toBe(0);
  expect(await samplesOf(metrics, 'calls_total')).toEqual([]);
});

test('a histogram counts in its buckets', async () => {
  const metrics = new ProcessMetrics(TABLE);
  metrics.observe('wait_seconds', { at: 'door' }, 0.5);
  metrics.observe('wait_seconds', { at: 'door' }, 2);
  const text = await metrics.scrape(() => ({}));
  expect(metricValue(text, 'wait_seconds_bucket', { le: '1' })).toBe(1);
  expect(metricValue(text, 'wait_seconds_bucket', { le: '5' })).toBe(2);
  expect(metricValue(text, 'wait_seconds_sum')).toBe(2.5);
});

test('two processes in one, as tests have them, share nothing', async () => {
  const [one, other] = [new ProcessMetrics(TABLE), new ProcessMetrics(TABLE)];
  one.count('knocks_total', { by: 'him' });
  expect(metricValue(await other.scrape(() => ({})), 'knocks_total', { by: 'him' })).toBe(0);
});

test('the process itself is measured where that is asked for', async () => {
  const text = await new ProcessMetrics(TABLE, { ofProcess: true }).scrape(() => ({}));
  expect(metricValue(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  expect(readMetrics(text).has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  expect(readMetrics(text).has('nodejs_gc_duration_seconds')).toBe(true);
  const without = await new ProcessMetrics(TABLE).scrape(() => ({}));
  expect(readMetrics(without).has('process_resident_memory_bytes')).toBe(false);
});
