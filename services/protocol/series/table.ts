import { z } from 'zod';
import { boundedList } from '../common/bounded-list.ts';

/** A value of a row: an integer below 2^53, a fraction, or a whole number of any size as decimal text. */
export type Value = number | string | null;

/** One row of a table: its tick, and a value for each column; null where it is not known. */
export type Row = Readonly<Record<string, Value>> & { readonly tick: number };

/** A column of a table. */
export interface Column {
  readonly name: string;
  /**
   * What it says: of the world in the state of the row's tick, or what happened since the row before. In rows of
   * coarser levels the former is as it was at their tick, and the latter is summed.
   */
  readonly kind: 'state' | 'change';
  /** `uint64` is a whole number of up to 64 bits, as decimal text. @default integer */
  readonly type?: ColumnType;
}
type ColumnType = 'integer' | 'fraction' | 'uint64';

/** Rows through time, one each `everyTicks` ticks from 0 on. */
export interface Table {
  /** Part of the keys under which rows are stored. */
  readonly name: string;
  readonly everyTicks: number;
  /** All but `tick`, in the order in which they are shown. A stored row may lack some: then they are null. */
  readonly columns: readonly Column[];
  /** A stored item has so many rows, or fewer. */
  readonly rowsPerItem: number;
}

/** Rows by column: the values of all rows, one after the other, for `tick` and each column. */
export type Columns = Record<string, Value[]> & { tick: number[] };

/** Why rows that are stored are missing in an answer: the code of an error, and what is wrong this time. */
export interface Incomplete {
  code: string;
  detail: string;
}

/** A part of the table of a colony, one each `everyTicks` ticks from the first one in the range on. */
export interface SeriesAnswer {
  colonyInstanceId: string;
  table: Table;
  /** What was asked for: ticks, both included. */
  from: number;
  to: number;
  everyTicks: number;
  rows: readonly Row[];
  /** @default all rows that are stored are there */
  incomplete?: Incomplete;
}

/** More fit no item of DynamoDB. */
const ITEM_ROWS_MAX = 128;

/** Rows as they are stored in the table of items, by column; `tick` is that of the last row. */
export const seriesItemSchema = z
  .strictObject({
    tick: z.int().min(0),
    columns: z.record(
      z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/),
      boundedList(z.union([z.number(), z.string().regex(/^\d{1,20}$/), z.null()]), ITEM_ROWS_MAX),
    ),
  })
  .superRefine(({ tick, columns }, context) => {
    const ticks = columns['tick'] ?? [];
    const isWhole = Object.values(columns).every((values) => values.length === ticks.length);
    const isTick = (one: Value | undefined): one is number => Number.isSafeInteger(one);
    const ascends = ticks.every((one, i) => isTick(one) && one > Number(ticks[i - 1] ?? -1));
    if (isWhole && ascends && ticks.at(-1) === tick) return;
    context.addIssue({ code: 'custom', path: ['columns'], message: 'they are not whole rows' });
  });
export type SeriesItem = z.infer<typeof seriesItemSchema>;

/** The names of all values of a row. */
export const namesOf = ({ columns }: Table): string[] => [
  'tick',
  ...columns.map(({ name }) => name),
];

/** Rows by column. */
export function toColumns(table: Table, rows: readonly Row[]): Columns {
  const entries = namesOf(table).map((name) => [name, rows.map((row) => row[name] ?? null)]);
  return Object.fromEntries(entries) as Columns;
}

/** The rows of columns that were stored by this build or another: what it does not know is left out. */
export function toRows(table: Table, columns: Readonly<Record<string, readonly Value[]>>): Row[] {
  const names = namesOf(table);
  return (columns['tick'] ?? []).map((_, i) => {
    const values = names.map((name) => [name, columns[name]?.[i] ?? null]);
    return Object.fromEntries(values) as Row;
  });
}

/** At least one row, as an item. */
export function toItem(table: Table, rows: readonly Row[]): SeriesItem {
  return { tick: rows.at(-1)?.tick ?? 0, columns: toColumns(table, rows) };
}
