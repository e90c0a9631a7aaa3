import type { METRICS } from '../../protocol/common/names.ts';

/** The names of METRICS in services/protocol/common/names.ts, which says what each of them means. */
export type MetricName = keyof typeof METRICS.names;

/** A destination of measurements. */
export interface Metrics {
  /** Emits values that were measured together; absent ones were not measured. Never throws. */
  emit(values: Partial<Record<MetricName, number>>): void;
}
