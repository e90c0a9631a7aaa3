import { z } from 'zod';
import { SURVEYED_NAMES, type Surveyed } from '../../world/measuring/survey.ts';
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

/** A count for each bin, and the like, of each value that is surveyed. */
const surveyed = <S extends z.ZodType>(schema: S) =>
  z.object(Object.fromEntries(SURVEYED_NAMES.map((name) => [name, schema])) as Record<Surveyed, S>);
const diversitySchema = z.object({
  distinct: tick,
  /** Whether colours are counted in groups, being too many. */
  isGrouped: z.boolean(),
  /** Shannon's index, with natural logarithms. */
  shannon: z.number(),
  /** The largest ones first, at most 16. */
  largest: z.array(z.object({ colour: tick, count: tick })),
});

/** The header that an answer has where rows that are stored are missing: the code of the error. */
export const INCOMPLETE_HEADER = 'Colony-Incomplete';

/** Absent where all rows are there that are stored. */
const incomplete = z.object({ code: z.string(), detail: z.string() }).optional();

/** Surveys, with what was asked. */
export const surveysAnswerSchema = z.object({
  colonyInstanceId: z.string(),
  from: tick,
  to: tick,
  /** From one survey to the next. */
  everyTicks: tick,
  incomplete,
  surveys: z.array(
    z.object({
      ...{ tick, cells: tick, population: tick, sums: surveyed(tick) },
      /** Sums of squares, as decimal text. */
      squares: surveyed(z.string()),
      histograms: surveyed(z.array(tick)),
      ...{ species: diversitySchema, lineages: diversitySchema },
    }),
  ),
});

export type SurveysAnswer = z.infer<typeof surveysAnswerSchema>;

/** Rows by column, with what was asked. */
export const statisticsAnswerSchema = z.object({
  colonyInstanceId: z.string(),
  from: tick,
  to: tick,
  /** From one row to the next. */
  everyTicks: tick,
  incomplete,
  columns: columnsSchema(STATISTICS_TABLE),
});
export type StatisticsAnswer = z.infer<typeof statisticsAnswerSchema>;
