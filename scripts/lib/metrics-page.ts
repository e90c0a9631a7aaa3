import { BACKEND_METRICS } from '../../services/backend/metrics/backend-metrics.ts';
import { COORDINATOR_METRICS } from '../../services/coordinator/metrics/coordinator-metrics.ts';
import type { MetricTable } from '../../services/platform/observability/metric-table.ts';
import { generated, table } from './markdown.ts';

/** What Prometheus calls the kinds of the table. */
const TYPES = { gauge: 'gauge', counter: 'counter', reading: 'counter', histogram: 'histogram' };

function metricsTable(metrics: MetricTable): string {
  const rows = Object.entries(metrics).map(([name, { kind, help, labels = {} }]) => [
    `\`${name}\``,
    TYPES[kind],
    Object.entries(labels)
      .map(
        ([label, values]) =>
          `\`${label}\`: ${typeof values === 'string' ? values : values.join(', ')}`,
      )
      .join('; '),
    help,
  ]);
  return table(['metric', 'type', 'labels', 'what it is'], rows);
}

/** docs/metrics.md: what the processes of a colony tell Prometheus. */
export function metricsPage(): string {
  return `${generated('services/*/metrics/*-metrics.ts')}
# Metrics

\`GET /metrics\` of every process, in the text format of Prometheus. How to scrape them, and who may:
[operations.md](operations.md#metrics). [grafana-dashboard.json](grafana-dashboard.json) is a dashboard of all of
them; import it into Grafana and choose the data source.

A figure that is not known is left out, and is not 0. Counters begin at 0 with their process.

## Coordinator

Figures of the colony come from the coordinator that leads, and are left out by the others.

${metricsTable(COORDINATOR_METRICS)}

## Backend

${metricsTable(BACKEND_METRICS)}

## Every process

The default metrics of [prom-client](https://github.com/siimon/prom-client): processor time, memory, open files,
\`nodejs_eventloop_lag_…\`, \`nodejs_gc_duration_seconds\`, heap spaces, the version of Node.
`;
}
