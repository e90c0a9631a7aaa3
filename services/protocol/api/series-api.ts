import { z } from 'zod';
import type { Table } from '../series/table.ts';
import { STATISTICS_TABLE } from '../series/tables.ts';

/** An answer of the API has at most so many rows of a table. */
export const POINTS_MAX = 10_000;

const tick = z.int().min(0);

type Shape<T extends Table> = Record<
  T['columns'][number]['name'],
  z.ZodArray<z.ZodNullable<z.ZodNumber>>
>;

/** What is not known is null. */
const columnsSchema = <T extends Table>({ columns }: T) => {
  const values = columns.map(({ name }) => [name, z.array(z.number().nullable())] as const);
  return z.object({ tick: z.array(tick), ...(Object.fromEntries(values) as Shape<T>) });
};

/** Rows by column, with what was asked. */
export const statisticsAnswerSchema = z.object({
  colonyInstanceId: z.string(),
  from: tick,
  to: tick,
  /** From one row to the next. */
  everyTicks: tick,
  columns: columnsSchema(STATISTICS_TABLE),
});
export type StatisticsAnswer = z.infer<typeof statisticsAnswerSchema>;
