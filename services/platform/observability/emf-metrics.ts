import { writeSync } from 'node:fs';
import { METRICS } from '../../protocol/common/names.ts';
import type { MetricName, Metrics } from './metrics.ts';

const UNITS: Record<MetricName, 'Count' | 'Count/Second' | 'Seconds'> = {
  leader: 'Count',
  backendsMissing: 'Count',
  ticksPerSecond: 'Count/Second',
  checkpointAge: 'Seconds',
};

const STANDARD_OUTPUT = 1;

export interface EmfMetricsOptions {
  colonyName: string;
  /** ISO 8601. */
  wallTime: () => string;
  /** Takes one line without its end. @default standard output, beside the log */
  write?: (line: string) => void;
}

/**
 * Writes metrics in CloudWatch's embedded metric format: a line of JSON in the container's log, from
 * which CloudWatch Logs makes metrics. It needs no call, no permission and no client.
 */
export class EmfMetrics implements Metrics {
  readonly #colonyName: string;
  readonly #wallTime: () => string;
  readonly #write: (line: string) => void;

  constructor({ colonyName, wallTime, write = writeLine }: EmfMetricsOptions) {
    this.#colonyName = colonyName;
    this.#wallTime = wallTime;
    this.#write = write;
  }

  emit(values: Partial<Record<MetricName, number>>): void {
    const measured = (Object.entries(values) as [MetricName, number][]).filter(([, value]) =>
      Number.isFinite(value),
    );
    if (measured.length === 0) return;
    const definition = {
      Namespace: METRICS.namespace,
      Dimensions: [[METRICS.dimension]],
      Metrics: measured.map(([name]) => ({ Name: METRICS.names[name], Unit: UNITS[name] })),
    };
    const line = {
      _aws: { Timestamp: Date.parse(this.#wallTime()), CloudWatchMetrics: [definition] },
      [METRICS.dimension]: this.#colonyName,
      ...Object.fromEntries(measured.map(([name, value]) => [METRICS.names[name], value])),
    };
    this.#write(JSON.stringify(line));
  }
}

function writeLine(line: string): void {
  try {
    writeSync(STANDARD_OUTPUT, `${line}\n`);
  } catch {
    // The pipe is full or gone. Metrics are not worth ending the process.
  }
}
