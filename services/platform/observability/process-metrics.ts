import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type {
  LabelsOf,
  MetricDefinition,
  MetricTable,
  NamesOf,
  Readings,
  Series,
} from './metric-table.ts';

type AnyLabels = Readonly<Record<string, string>>;

/** Of the text that `scrape` gives. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * The metrics of one process in a registry of their own. Counters count while the process lives; gauges are what
 * a scrape brings, so that they cost nothing in between.
 *
 * @example
 * const metrics = new ProcessMetrics(TABLE);
 * metrics.count('colony_checkpoints_total', { outcome: 'taken' });
 * const text = await metrics.scrape({ colony_leader: 1 });
 */
export class ProcessMetrics<T extends MetricTable> {
  readonly #registry = new Registry();
  readonly #table: T;
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  #scraping: Promise<string> | undefined;

  /**
   * @param options.ofProcess has it measure processor, memory, event loop and garbage collection too, for as long
   *   as the process lives. @default false
   */
  constructor(table: T, { ofProcess = false }: { ofProcess?: boolean } = {}) {
    this.#table = table;
    for (const [name, definition] of Object.entries(table)) this.#register(name, definition);
    if (ofProcess) collectDefaultMetrics({ register: this.#registry });
  }

  count<Name extends NamesOf<T, 'counter'>>(name: Name, labels: LabelsOf<T[Name]>, by = 1): void {
    this.#counters.get(name)?.inc(labels as AnyLabels, by);
  }

  observe<Name extends NamesOf<T, 'histogram'>>(
    name: Name,
    labels: LabelsOf<T[Name]>,
    value: number,
  ): void {
    this.#histograms.get(name)?.observe(labels as AnyLabels, value);
  }

  /**
   * The text that Prometheus reads. Those who ask at the same time share one answer.
   *
   * @param read called once for it.
   */
  scrape(read: () => Readings<T>): Promise<string> {
    this.#scraping ??= this.#scrape(read).finally(() => {
      this.#scraping = undefined;
    });
    return this.#scraping;
  }

  async #scrape(read: () => Readings<T>): Promise<string> {
    const readings = read() as Readonly<
      Record<string, number | readonly Series<AnyLabels>[] | undefined>
    >;
    for (const [name, { kind }] of Object.entries(this.#table)) {
      const value = readings[name];
      const series = typeof value === 'number' ? [{ labels: {}, value }] : (value ?? []);
      if (kind === 'gauge') this.#set(this.#gauges.get(name), series);
      if (kind === 'reading') this.#set(this.#counters.get(name), series);
    }
    return this.#registry.metrics();
  }

  /** Shows these series, and no others: one that is not known is not 0. */
  #set(metric: Gauge | Counter | undefined, series: readonly Series<AnyLabels>[]): void {
    metric?.reset();
    metric?.remove({});
    for (const { labels, value } of series) metric?.inc(labels, value);
  }

  #register(name: string, { kind, help, labels = {}, buckets }: MetricDefinition): void {
    const settings = { name, help, labelNames: Object.keys(labels), registers: [this.#registry] };
    switch (kind) {
      case 'gauge':
        this.#gauges.set(name, new Gauge(settings));
        return;
      case 'histogram':
        this.#histograms.set(
          name,
          new Histogram({ ...settings, ...(buckets && { buckets: [...buckets] }) }),
        );
        return;
      default: {
        const counter = new Counter(settings);
        this.#counters.set(name, counter);
        // A rate needs to have seen 0 first.
        if (kind === 'counter') for (const each of combinations(labels)) counter.inc(each, 0);
      }
    }
  }
}

/** Every choice of one value for each label; none if the values of one are not known before. */
function combinations(labels: NonNullable<MetricDefinition['labels']>): AnyLabels[] {
  let all: AnyLabels[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (typeof values === 'string') return [];
    all = all.flatMap((chosen) => values.map((value) => ({ ...chosen, [label]: value })));
  }
  return all;
}
