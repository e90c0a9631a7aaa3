/** What a process tells Prometheus, as data: one table each for coordinators and backends. */

/** A label with all the values that it may have; or, in words, with what bounds them. */
type LabelValues = readonly string[] | string;

export interface MetricDefinition {
  /** Gauges are set at each scrape. A metric that `is` a `reading` is a counter that is set then too. */
  readonly kind: 'gauge' | 'counter' | 'reading' | 'histogram';
  readonly help: string;
  readonly labels?: Readonly<Record<string, LabelValues>>;
  /** Upper bounds, of a histogram. */
  readonly buckets?: readonly number[];
}

/** By the names of the metrics. */
export type MetricTable = Readonly<Record<string, MetricDefinition>>;

type ValueOf<V> = V extends readonly (infer Value)[] ? Value : string;

/** The labels of a metric, each with one of its values; none at all for one without. */
export type LabelsOf<D extends MetricDefinition> = D extends { labels: infer L }
  ? { readonly [K in keyof L]: ValueOf<L[K]> }
  : Readonly<Record<never, never>>;

/** The names of the metrics of a kind. */
export type NamesOf<T extends MetricTable, Kind extends MetricDefinition['kind']> = {
  [Name in keyof T]: T[Name]['kind'] extends Kind ? Name : never;
}[keyof T] &
  string;

/** One series of a metric: the labels that tell it from others, and its value. */
export interface Series<L> {
  readonly labels: L;
  readonly value: number;
}

/** What is read at a scrape; what is not known is left out, and shown by no number. */
export type Readings<T extends MetricTable> = {
  readonly [Name in NamesOf<T, 'gauge' | 'reading'>]?:
    | number
    | readonly Series<LabelsOf<T[Name]>>[]
    | undefined;
};

/** Counts that something has happened, or how much of it. */
export type Count<T extends MetricTable> = <Name extends NamesOf<T, 'counter'>>(
  name: Name,
  labels: LabelsOf<T[Name]>,
  by?: number,
) => void;

/** An enumeration as Prometheus has them: a series for each value, 1 for the present one, else 0. */
export function oneOf<L extends string, V extends string>(
  label: L,
  values: readonly V[],
  present: V,
): Series<{ readonly [K in L]: V }>[] {
  return values.map((value) => ({
    labels: { [label]: value } as { readonly [K in L]: V },
    value: value === present ? 1 : 0,
  }));
}
