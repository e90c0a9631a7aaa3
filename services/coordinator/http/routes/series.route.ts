import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { toParquet } from '../../../platform/series/parquet.ts';
import { POINTS_MAX, statisticsAnswerSchema } from '../../../protocol/api/series-api.ts';
import { TICK_MAX } from '../../../protocol/common/limits.ts';
import { toCsv } from '../../../protocol/series/csv.ts';
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

const content = {
  [FORMATS.json]: { schema: named('Statistics', statisticsAnswerSchema) },
  [FORMATS.csv]: { schema: { type: 'string' as const } },
  [FORMATS.parquet]: { schema: { type: 'string' as const, format: 'binary' } },
};

/** `GET /statistics`: what was measured, through time. */
export function seriesRoutes(http: HttpOptions) {
  const { service } = http;
  const route = createRoute({
    method: 'get',
    path: '/statistics',
    tags: ['watch'],
    summary: 'Statistics of the whole world through time',
    description:
      'A row each `everyTicks` ticks, of the finest level that has the range in so few rows: 20, 80, 320, … Counts and sums are those of the state of the tick; what happened is summed since the row before, and null where it is not known. Older rows are only in coarser levels. See docs/statistics.md.',
    middleware: answeredByLeader(http, { orAnswerHere: true }),
    request: { query },
    responses: {
      200: {
        description:
          'The rows: in JSON by column, in CSV one a line after a line with the names, in Parquet.',
        headers: { ETag: { schema: { type: 'string' }, description: 'Changes with the rows.' } },
        content,
      },
      304: { description: 'The rows that If-None-Match names are still the newest.' },
      ...problemResponses('COLONY_NOT_STARTED', 'SERIES_BUSY', 'STORE_UNAVAILABLE'),
    },
  });
  return new OpenAPIHono<HttpEnv>().openapi(route, async (c): Promise<never> => {
    const { format, points = POINTS_DEFAULT, ...range } = c.req.valid('query');
    const answer = await service.series('statistics', { ...range, points });
    return (await answered(c, http, answer, format)) as never;
  });
}

/** Rows in the format that is asked for. */
async function answered(
  c: Context<HttpEnv>,
  { clock }: HttpOptions,
  answer: SeriesAnswer,
  asked: Format | undefined,
): Promise<Response> {
  const { table, colonyInstanceId, from, to, everyTicks, rows } = answer;
  const format = asked ?? preferredType(c.req.header('Accept'), FORMATS) ?? 'json';
  const newest = rows.at(-1)?.tick ?? '';
  const columns = table.columns.length;
  const tag = weakEtag([colonyInstanceId, format, from, to, everyTicks, newest, columns].join(':'));
  c.header('ETag', tag);
  c.header('Vary', 'Accept, Accept-Encoding');
  c.header('Cache-Control', 'no-cache');
  if (matchesEtag(c.req.header('If-None-Match'), tag)) return c.body(null, 304);
  if (format !== 'json') {
    const name = `${table.name}-${from}-${to}.${format}`;
    c.header('Content-Disposition', `attachment; filename="${name}"`);
  }
  c.header('Content-Type', FORMATS[format]);
  if (format === 'parquet') {
    // It is compressed by itself.
    return c.body(await toParquet(table, rows, () => clock.yieldToIo()), 200);
  }
  const body = format === 'csv' ? toCsv(table, rows) : toJson(answer);
  if (!acceptsGzip(c.req.header('Accept-Encoding'))) return c.body(body, 200);
  c.header('Content-Encoding', 'gzip');
  return c.body(await compress(body, { level: 1 }), 200);
}

function toJson({ table, rows, ...answer }: SeriesAnswer): string {
  return JSON.stringify({ ...answer, columns: toColumns(table, rows) });
}
