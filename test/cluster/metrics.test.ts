import { afterEach, expect, test } from 'vitest';
import { metricValue, readMetrics } from '../support/metrics-text.ts';
import { untilAllTick } from './checkpoints.fixture.ts';
import { eventually, Workbench } from './local-mode.fixture.ts';

/** `/metrics` of real processes. */

const bench = new Workbench();
afterEach(() => bench.clear());

async function scrape(origin: string): Promise<string> {
  const answer = await fetch(new URL('/metrics', origin));
  expect(answer.status).toBe(200);
  return answer.text();
}

/** Scrapes until a figure is higher than it was. */
async function untilItRises(origin: string, metric: string): Promise<void> {
  const before = metricValue(await scrape(origin), metric) ?? 0;
  await eventually(`${metric} of ${origin} rises`, async () => {
    return (metricValue(await scrape(origin), metric) ?? 0) > before;
  });
}

test('every process of a launch tells how it is, and the world ticks on', async () => {
  const launch = bench.small(bench.folder(), '--backends', '2');
  const client = await launch.running();
  const { backends } = await untilAllTick(client, 2);
  const origins = [client.url, ...backends.map(({ address }) => address)];
  expect(origins).toHaveLength(3);

  expect(metricValue(await scrape(client.url), 'colony_backends_wanted')).toBe(2);
  await untilItRises(client.url, 'colony_tick');
  for (const { address } of backends) {
    await untilItRises(address, 'colony_backend_tick');
    await untilItRises(address, 'colony_backend_ticks_total');
  }

  for (const origin of origins) {
    const text = await scrape(origin);
    const families = readMetrics(text);
    expect(families.has('nodejs_gc_duration_seconds')).toBe(true);
    expect(families.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect(metricValue(text, 'process_resident_memory_bytes')).toBeGreaterThan(2 ** 20);
    expect(metricValue(text, 'process_cpu_seconds_total')).toBeGreaterThan(0);
  }
  const written = { outcome: 'written' };
  const writes = metricValue(await scrape(client.url), 'colony_record_writes_total', written);
  expect(writes).toBeGreaterThan(0);
});
