import type { METRICS } from '../../protocol/common/names.ts';

/** The names of METRICS in services/protocol/common/names.ts, which says what each of them means. */
export type MetricName = keyof typeof METRICS.names;

/** Where measurements go. */
export interface Metrics {
  /** Measured at one moment; what is left out was not measured. Never throws. */
  emit(values: Partial<Record<MetricName, number>>): void;
}
