import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STATISTICS_TABLE } from '../../services/protocol/series/tables.ts';
import { ColonyCluster } from '../simulation/colony-cluster.ts';
import { fixture } from '../unit/coordinator/http/fake-colony-api.ts';

const run = promisify(execFile);
/** A Python with duckdb, pandas and pyarrow. */
const python = process.env['ANALYSIS_PYTHON'] ?? 'python3';
const READERS = ['duckdb csv', 'duckdb parquet', 'pandas csv', 'pandas parquet'];
const SCRIPT = path.join(import.meta.dirname, 'read_files.py');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'colony-analysis-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Get = (search: string) => Promise<Response>;

/** The columns of an answer in JSON, and what the readers see in the same answer as files. */
async function compared(get: Get): Promise<{ expected: unknown; seen: Record<string, unknown> }> {
  const { columns: expected } = (await (await get('?points=10000')).json()) as { columns: unknown };
  const files: string[] = [];
  for (const format of ['csv', 'parquet']) {
    const answer = await get(`?points=10000&format=${format}`);
    const file = path.join(folder, `statistics.${format}`);
    await writeFile(file, new Uint8Array(await answer.arrayBuffer()));
    files.push(file);
  }
  const { stdout } = await run(python, [SCRIPT, ...files], { maxBuffer: 1 << 26 });
  return { expected, seen: JSON.parse(stdout) };
}

test('the files of a colony open with its numbers', async () => {
  const cluster = new ColonyCluster();
  await cluster.addBackend();
  const leader = await cluster.addCoordinator();
  await cluster.until(() => leader.coordinator.leadership().leads, 'a leader');
  await cluster.during(
    leader.request('/colony-start?idempotency_key=K1&wait=25', { method: 'POST' }),
  );
  await cluster.untilDigest(500);
  await cluster.during(leader.request('/colony-pause', { method: 'POST' }));
  await cluster.clock.advance(5_000);
  const get: Get = (search) => cluster.during(leader.request(`/statistics${search}`));
  const { expected, seen } = await compared(get);
  expect((expected as { tick: number[] }).tick.length).toBeGreaterThan(25);
  for (const reader of READERS) expect(seen[reader], reader).toEqual(expected);
  await cluster.close();
});

test('the largest numbers come through, and what is not known stays unknown', async () => {
  const names = STATISTICS_TABLE.columns.map(({ name }) => name);
  const rows = Array.from({ length: 3_000 }, (_, i) => ({
    tick: 4_294_900_000 + i * 20,
    ...Object.fromEntries(
      names.map((name, k) => [name, (i + k) % 7 === 0 ? null : Number.MAX_SAFE_INTEGER - i * k]),
    ),
  }));
  const series = async () => ({
    ...{ colonyInstanceId: 'i-1', table: STATISTICS_TABLE, rows },
    ...{ from: 0, to: 4_294_960_000, everyTicks: 20 },
  });
  const { app } = fixture({ service: { series } });
  const get: Get = async (search) => app.request(`http://localhost/statistics${search}`);
  const { expected, seen } = await compared(get);
  for (const reader of READERS) expect(seen[reader], reader).toEqual(expected);
});
