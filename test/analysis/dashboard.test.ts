import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tryPort } from '../../services/local/ports.ts';
import { untilAllTick } from '../cluster/checkpoints.fixture.ts';
import { eventually, Workbench } from '../cluster/local-mode.fixture.ts';

/** What Prometheus makes of the metrics of running processes, by the queries of the dashboard. */

const prometheus = process.env['PROMETHEUS'] ?? 'prometheus';
const BACKENDS = 2;
const SCRAPES = 6;
/** What a busy machine keeps from being so for a moment. */
const SOON = { timeout: 60_000, interval: 500 };

interface Dashboard {
  panels: { title: string; targets?: { refId: string; expr: string }[] }[];
}
const dashboard = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8')) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ refId, expr }): [string, string] => [`${title} ${refId}`, expr]),
);

/** What a colony leaves out that is well. */
const EMPTY = [/colony_checkpoint_overdue_seconds/];

const bench = new Workbench();
let server: ChildProcess | undefined;
let url: string;

/** The values of a query now; throws what Prometheus says of one that it cannot answer. */
async function asked(expr: string): Promise<number[]> {
  // As Grafana fills them in.
  const query = expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.+');
  const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
  const body = (await answer.json()) as {
    error?: string;
    data?: { result: { value: [number, string] }[] };
  };
  if (body.data === undefined) throw new Error(body.error);
  return body.data.result.map(({ value }) => Number(value[1]));
}

beforeAll(async () => {
  const dataDir = bench.folder();
  const launch = bench.small(dataDir, '--backends', `${BACKENDS}`, '--pace', '60');
  const client = await launch.running();
  const { backends } = await untilAllTick(client, BACKENDS);
  const targets = [client.url, ...backends.map(({ address }) => address)];
  const folder = path.dirname(dataDir);
  const config = path.join(folder, 'prometheus.json');
  const hosts = targets.map((target) => new URL(target).host);
  const scrape_configs = [{ job_name: 'colony', static_configs: [{ targets: hosts }] }];
  // YAML takes JSON.
  writeFileSync(config, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs }));
  const { port } = await tryPort(0);
  url = `http://127.0.0.1:${port}`;
  const flags = {
    'config.file': config,
    'storage.tsdb.path': path.join(folder, 'prometheus'),
    'web.listen-address': `127.0.0.1:${port}`,
    'log.level': 'error',
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const started = spawn(prometheus, args, { stdio: 'inherit' });
  server = started;
  const failed = new Promise((_, reject) => {
    started.once('error', reject);
    started.once('exit', (code) => reject(new Error(`${prometheus} has ended with ${code}`)));
  });
  failed.catch(() => {});
  const scraped = eventually('all processes are scraped, and a checkpoint is taken', async () => {
    const counts = await asked('count_over_time(up[5m])').catch(() => []);
    const isEnough = counts.length === targets.length && counts.every((count) => count >= SCRAPES);
    return isEnough && (await asked('colony_checkpoint_tick')).length > 0;
  });
  await Promise.race([scraped, failed]);
});
afterAll(async () => {
  if (server?.pid !== undefined && server.exitCode === null) {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill();
    await ended;
  }
  await bench.clear();
});

describe('the queries of the dashboard', () => {
  test('are asked of processes that are all up', async () => {
    await expect.poll(() => asked('up'), SOON).toEqual(Array(1 + BACKENDS).fill(1));
  });

  test.each(queries)('%s has an answer while a colony ticks', async (_, expr) => {
    const isEmpty = EMPTY.some((pattern) => pattern.test(expr));
    await expect.poll(async () => (await asked(expr)).length > 0, SOON).toBe(!isEmpty);
  });

  test.each([
    ['Leader A', [1]],
    ['Backends A', [BACKENDS]],
    ['Backends B', [0]],
    ['Phase A', [1]],
    ['Pace in ticks a second B', [60]],
    ['Versions: processes of each A', [1 + BACKENDS]],
  ])('%s is what it is', async (name, values) => {
    const [, expr = ''] = queries.find(([query]) => query === name) ?? [];
    await expect.poll(() => asked(expr), SOON).toEqual(values);
  });

  test('tell of all shards, and that the world ticks', async () => {
    await expect.poll(() => asked('sum(colony_backend_shards)'), SOON).toEqual([12]);
    const [, rate = ''] = queries.find(([query]) => query === 'Ticks a second A') ?? [];
    expect(Math.min(...(await asked(rate)))).toBeGreaterThan(0);
  });
});
