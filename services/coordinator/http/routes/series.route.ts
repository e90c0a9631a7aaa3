import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { toParquet } from '../../../platform/series/parquet.ts';
import {
  INCOMPLETE_HEADER,
  POINTS_MAX,
  statisticsAnswerSchema,
  surveysAnswerSchema,
} from '../../../protocol/api/series-api.ts';
import { TICK_MAX } from '../../../protocol/common/limits.ts';
import { toCsv } from '../../../protocol/series/csv.ts';
import { ofSurveyColumns } from '../../../protocol/series/survey-rows.ts';
import { type SeriesAnswer, toColumns } from '../../../protocol/series/table.ts';
import type { HttpEnv, HttpOptions } from '../http-options.ts';
import { answeredByLeader } from '../leader-forwarding.ts';
import { problemResponses } from '../problems.ts';
import {
  acceptsGzip,
  matchesEtag,
  preferredType,
  weakEtag,
} from '../requests/content-negotiation.ts';
import { integerParameter, named } from '../requests/parameters.ts';

const POINTS_DEFAULT = 1_000;
const compress = promisify(gzip);
/** So many surveys are written at a time: some 10 ms of work. */
const SURVEYS_AT_ONCE = 100;

/** How rows are answered: the media type of each format. */
const FORMATS = {
  json: 'application/json',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
} as const;
type Format = keyof typeof FORMATS;
const FORMAT_NAMES = Object.keys(FORMATS) as [Format, ...Format[]];

const tick = (description: string) =>
  integerParameter({ min: 0, max: TICK_MAX, description }).optional();

const query = z.strictObject({
  from: tick('The first tick; 0 if left out.'),
  to: tick('The last tick; the newest if left out.'),
  points: integerParameter({
    min: 1,
    max: POINTS_MAX,
    description: `At most so many rows; ${POINTS_DEFAULT} if left out.`,
  }).optional(),
  format: z
    .enum(FORMAT_NAMES, { error: `expected one of ${FORMAT_NAMES.join(', ')}` })
    .optional()
    .openapi({ description: 'How the rows are answered; as Accept asks if left out.' }),
});

/** What the routes have in common; `schema` is that of an answer in JSON. */
const routeOf = <S extends z.ZodType>(http: HttpOptions, schema: S) => ({
  method: 'get' as const,
  tags: ['watch'],
  middleware: answeredByLeader(http, { orAnswerHere: true }),
  request: { query },
  responses: {
    200: {
      description: 'The rows; in CSV one a line, after a line with the names.',
      headers: {
        [INCOMPLETE_HEADER]: {
          schema: { type: 'string' as const },
          description:
            'The code of the error by which rows that are stored are missing, as while the store of older rows does not answer. Absent where none is.',
        },
        ETag: {
          schema: { type: 'string' as const },
          description: 'Changes with the rows. Absent where some are missing.',
        },
      },
      content: {
        [FORMATS.json]: { schema },
        [FORMATS.csv]: { schema: { type: 'string' as const } },
        [FORMATS.parquet]: { schema: { type: 'string' as const, format: 'binary' } },
      },
    },
    304: { description: 'The rows that If-None-Match names are still the newest.' },
    ...problemResponses('COLONY_NOT_STARTED', 'SERIES_BUSY', 'STORE_UNAVAILABLE'),
  },
});

/** `GET /statistics` and `/surveys`: what was measured, through time. */
export function seriesRoutes(http: HttpOptions) {
  const { service } = http;
  const statistics = createRoute({
    ...routeOf(http, named('Statistics', statisticsAnswerSchema)),
    path: '/statistics',
    summary: 'Statistics of the whole world through time',
    description:
      'A row each `everyTicks` ticks, of the finest level that has the range in so few rows: 20, 80, 320, … Counts and sums are those of the state of the tick; what happened is summed since the row before, and null where it is not known. Older rows are only in coarser levels. Where rows are stored and cannot be had within three seconds, `incomplete` says why. In JSON by column. See docs/statistics.md.',
  });
  const surveys = createRoute({
    ...routeOf(http, named('Surveys', surveysAnswerSchema)),
    path: '/surveys',
    summary: 'How the creatures of the world are distributed, through time',
    description:
      'A survey each `everyTicks` ticks, of the finest level that has the range in so few: 500, 2000, 8000, … Histograms have bins from 0, 1, 2, 3, 4, 6, 8, 12, 16, … on. Each is of the state of its tick. Where some are stored and cannot be had within three seconds, `incomplete` says why. In CSV and Parquet each number has a column. See docs/statistics.md.',
  });
  return new OpenAPIHono<HttpEnv>()
    .openapi(statistics, async (c): Promise<never> => {
      const { format, points = POINTS_DEFAULT, ...range } = c.req.valid('query');
      const answer = await service.series('statistics', { ...range, points });
      const json = async ({ table, rows, ...more }: SeriesAnswer) =>
        JSON.stringify({ ...more, columns: toColumns(table, rows) });
      return (await answered(c, { http, answer, format, json })) as never;
    })
    .openapi(surveys, async (c): Promise<never> => {
      const { format, points = POINTS_DEFAULT, ...range } = c.req.valid('query');
      const answer = await service.series('surveys', { ...range, points });
      const json = (series: SeriesAnswer) => surveysJson(series, () => http.clock.yieldToIo());
      return (await answered(c, { http, answer, format, json })) as never;
    });
}

/**
 * Of ten thousand surveys it is 22 MB.
 *
 * @param breathe lets others do something in between.
 */
async function surveysJson(
  { table: _table, rows, ...more }: SeriesAnswer,
  breathe: () => Promise<void>,
): Promise<string> {
  const surveys: string[] = [];
  for (const [i, row] of rows.entries()) {
    if (i > 0 && i % SURVEYS_AT_ONCE === 0) await breathe();
    surveys.push(JSON.stringify(ofSurveyColumns(row)));
  }
  const around = JSON.stringify({ ...more, surveys: [] });
  return `${around.slice(0, -']}'.length)}${surveys.join()}]}`;
}

/** Rows in the format that is asked for. */
async function answered(
  c: Context<HttpEnv>,
  o: {
    http: HttpOptions;
    answer: SeriesAnswer;
    /** @default as Accept says */
    format: Format | undefined;
    json: (answer: SeriesAnswer) => Promise<string>;
  },
): Promise<Response> {
  const { answer } = o;
  const { clock } = o.http;
  const { table, colonyInstanceId, from, to, everyTicks, rows, incomplete } = answer;
  const format = o.format ?? preferredType(c.req.header('Accept'), FORMATS) ?? 'json';
  const newest = rows.at(-1)?.tick ?? '';
  const columns = table.columns.length;
  const shown = [colonyInstanceId, format, from, to, everyTicks, newest, columns];
  const tag = weakEtag(shown.join(':'));
  // Two answers of the same range may lack different rows: none of them can be told by its end.
  if (incomplete === undefined) c.header('ETag', tag);
  else c.header(INCOMPLETE_HEADER, incomplete.code);
  c.header('Vary', 'Accept, Accept-Encoding');
  c.header('Cache-Control', 'no-cache');
  const isKnown = incomplete === undefined && matchesEtag(c.req.header('If-None-Match'), tag);
  if (isKnown) return c.body(null, 304);
  if (format !== 'json') {
    const name = `${table.name}-${from}-${to}.${format}`;
    c.header('Content-Disposition', `attachment; filename="${name}"`);
  }
  c.header('Content-Type', FORMATS[format]);
  if (format === 'parquet') {
    // It is compressed by itself.
    return c.body(await toParquet(table, rows, () => clock.yieldToIo()), 200);
  }
  const body = format === 'csv' ? toCsv(table, rows) : await o.json(answer);
  if (!acceptsGzip(c.req.header('Accept-Encoding'))) return c.body(body, 200);
  c.header('Content-Encoding', 'gzip');
  return c.body(await compress(body, { level: 1 }), 200);
}
