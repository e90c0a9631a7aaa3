import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { beforeAll, describe, expect, test } from 'vitest';
import { BACKEND_METRICS } from '../../../services/backend/metrics/backend-metrics.ts';
import { COORDINATOR_METRICS } from '../../../services/coordinator/metrics/coordinator-metrics.ts';
import type { MetricTable } from '../../../services/platform/observability/metric-table.ts';
import { ProcessMetrics } from '../../../services/platform/observability/process-metrics.ts';
import { readMetrics } from '../../support/metrics-text.ts';

/** What is read of the file; that it is what Grafana's builders make is for generated.test.ts. */
interface Dashboard {
  title: string;
  uid: string;
  schemaVersion: number;
  templating: { list: { name: string; type: string; query: string }[] };
  panels: {
    id: number;
    type: string;
    title: string;
    gridPos: { x: number; y: number; w: number; h: number };
    datasource?: { type: string; uid: string };
    targets?: { refId: string; expr: string; datasource: { uid: string } }[];
  }[];
}

const FILE = 'docs/grafana-dashboard.json';
const dashboard = JSON.parse(readFileSync(FILE, 'utf8')) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ refId, expr }) => ({ query: `${title} ${refId}`, expr })),
);

/** The metrics that a PromQL expression selects, by Prometheus' own grammar; throws if it is none. */
function selected(expr: string): string[] {
  const text = expr.replaceAll('$__rate_interval', '1m');
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${text}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        names.push(text.slice(from, to));
      }
    },
  });
  return names;
}

/** The names of the series that a process shows. */
async function shownBy(table: MetricTable): Promise<string[]> {
  const text = await new ProcessMetrics(table, { ofProcess: true }).scrape(() => ({}));
  return [...readMetrics(text)].flatMap(([name, { type }]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
  );
}

describe(FILE, () => {
  let shown: string[];
  beforeAll(async () => {
    shown = [...(await shownBy(COORDINATOR_METRICS)), ...(await shownBy(BACKEND_METRICS))];
  });

  test('is a dashboard that can be imported: with a name, a number and a place for each panel', () => {
    expect(dashboard).toMatchObject({ title: 'Distributed Colony', uid: 'distributed-colony' });
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect(x + w, title).toBeLessThanOrEqual(24);
      for (let row = y; row < y + h; row++) {
        for (let column = x; column < x + w; column++) {
          expect(taken, `${title} lies on another one`).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
      }
    }
  });

  test('asks whoever imports it where the figures are, and has no data source of its own', () => {
    const [datasource] = dashboard.templating.list;
    expect(datasource).toMatchObject({
      name: 'datasource',
      type: 'datasource',
      query: 'prometheus',
    });
    const uids = panels.flatMap(({ datasource: own, targets = [] }) => [
      own?.uid,
      ...targets.map((target) => target.datasource.uid),
    ]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: how Grafana names a variable.
    expect(new Set(uids)).toEqual(new Set(['${datasource}']));
  });

  test.each(queries)('$query asks for what the processes of the chosen jobs tell', ({ expr }) => {
    const names = selected(expr);
    expect(names.length).toBeGreaterThan(0);
    expect(shown).toEqual(expect.arrayContaining(names));
    expect(expr.split('job=~"$job"')).toHaveLength(names.length + 1);
  });

  test('shows every metric of the colony', () => {
    const names = new Set(queries.flatMap(({ expr }) => selected(expr)));
    const told = { ...COORDINATOR_METRICS, ...BACKEND_METRICS } satisfies MetricTable;
    const hidden = Object.keys(told).filter(
      (name) => !names.has(name) && !names.has(`${name}_bucket`),
    );
    expect(hidden).toEqual([]);
  });
});

describe('the names of metrics', () => {
  const told: [string, MetricTable[string]][] = Object.entries({
    ...COORDINATOR_METRICS,
    ...BACKEND_METRICS,
  });

  test.each(told)('%s follows the conventions of Prometheus', (name, { kind, help, labels }) => {
    expect(name).toMatch(/^colony(_[a-z0-9]+)+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter' || kind === 'reading');
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mib|percent)(_|$)/);
    expect(help).toMatch(/^[A-Z0-9].*[.]$/);
    for (const label of Object.keys(labels ?? {})) expect(label).toMatch(/^[a-z][a-z_]*$/);
  });
});
