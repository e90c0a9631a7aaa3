import type { RowsByColumn } from '../../../../protocol/series/rates.ts';

/** A value of a row; null where it was not counted. */
export type Value = number | null;

/** The answer of `GET /statistics`. */
export interface StatisticsTable extends RowsByColumn {
  colonyInstanceId: string;
  incomplete?: Incomplete;
}

/** Why rows that are stored are missing. */
export interface Incomplete {
  detail: string;
}

/** How many of a species or a lineage lived; a colour as 0xRRGGBB. */
export interface KindCount {
  colour: number;
  count: number;
}

/** How many kinds lived, and which were the largest. */
export interface Kinds {
  distinct: number;
  /** Colours that are nearly the same are counted as one. */
  isGrouped?: boolean;
  /** Shannon diversity, by the natural logarithm. */
  shannon: number;
  largest: readonly KindCount[];
}

/** What is measured of each creature or cell. */
export const MEASURED = ['size', 'health', 'ageTicks', 'food'] as const;
export type Measured = (typeof MEASURED)[number];

/** A survey of the world in one state. */
export interface Survey {
  tick: number;
  /**
   * Of size, health and age over the living, of food over the cells. Where they are left out, the statistics of the
   * same tick have them.
   */
  sums?: Readonly<Record<Measured, number>>;
  /** Sums of squares, as decimal digits: they may pass 2^53. */
  squares: Readonly<Record<Measured, string>>;
  histograms: Readonly<Record<Measured, readonly number[]>>;
  species: Kinds;
  lineages: Kinds;
}

/** The answer of `GET /surveys`. */
export interface SurveyTable {
  colonyInstanceId: string;
  incomplete?: Incomplete;
  /** Ticks from survey to survey. */
  everyTicks: number;
  surveys: readonly Survey[];
}

/** How many rows. */
export const rowsOf = (table: StatisticsTable): number => table.columns.tick.length;

/** How many values a survey has: of the food of all cells, of all else as many as live. */
export const countedIn = ({ histograms }: Survey, measured: Measured): number =>
  histograms[measured].reduce((sum, count) => sum + count, 0);
