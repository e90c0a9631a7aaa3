import { describe, expect, test } from 'vitest';
import { fromParquet } from '../../../../../services/platform/series/parquet.ts';
import {
  statisticsAnswerSchema,
  surveysAnswerSchema,
} from '../../../../../services/protocol/api/series-api.ts';
import { ColonyError } from '../../../../../services/protocol/common/errors.ts';
import { toSurveyColumns } from '../../../../../services/protocol/series/survey-rows.ts';
import type { Row } from '../../../../../services/protocol/series/table.ts';
import { STATISTICS_TABLE, SURVEYS_TABLE } from '../../../../../services/protocol/series/tables.ts';
import { createCellBlock } from '../../../../../services/world/cells/cell-block.ts';
import { CHANGE_NAMES } from '../../../../../services/world/measuring/changes.ts';
import {
  EMPTY_STATISTICS,
  STATISTICS_NAMES,
} from '../../../../../services/world/measuring/statistics.ts';
import { surveyOf } from '../../../../../services/world/measuring/survey.ts';
import { surveyRow } from '../../../../../services/world/measuring/survey-row.ts';
import { VirtualClock } from '../../../../simulation/virtual-clock.ts';
import { fixture } from '../fake-colony-api.ts';

const NAMES = ['tick', ...STATISTICS_NAMES, ...CHANGE_NAMES];

const BLOCK = createCellBlock({
  ...{ x: 0, y: 0, width: 4, height: 4, halo: 0, worldWidth: 4, worldHeight: 4 },
});

describe('GET /surveys', () => {
  const survey = surveyRow(500, surveyOf(BLOCK, 500));
  const series = async () => ({
    ...{ colonyInstanceId: 'i-1', table: SURVEYS_TABLE, from: 0, to: 500, everyTicks: 500 },
    rows: [toSurveyColumns(survey, { ...EMPTY_STATISTICS, cells: 16, food: 3 })],
  });

  test('answers surveys whole', async () => {
    const { send } = fixture({ service: { series } });
    const { body } = await send('GET', '/surveys');
    const { surveys, ...more } = surveysAnswerSchema.parse(body);
    expect(more).toEqual({ colonyInstanceId: 'i-1', from: 0, to: 500, everyTicks: 500 });
    const sums = { food: 3, size: 0, health: 0, ageTicks: 0 };
    expect(surveys).toEqual([{ ...survey, cells: 16, population: 0, sums }]);
  });

  test('answers many of them as they are, and lets others do something in between', async () => {
    const row = (await series()).rows[0] as Row;
    const rows = Array.from({ length: 1_000 }, (_, i) => ({ ...row, tick: 500 * i }));
    const clock = new VirtualClock();
    let breaths = 0;
    clock.yieldToIo = async () => {
      breaths++;
    };
    const many = async () => ({ ...(await series()), to: 499_500, rows });
    const { send } = fixture({ service: { series: many }, http: { clock } });
    const { body } = await send('GET', '/surveys?points=1000');
    const { surveys } = surveysAnswerSchema.parse(body);
    expect(surveys.map(({ tick }) => tick)).toEqual(rows.map(({ tick }) => tick));
    expect(breaths).toBeGreaterThan(5);
  });

  test('answers each number in a column of CSV', async () => {
    const { app } = fixture({ service: { series } });
    const answer = await app.request('http://localhost/surveys?format=csv');
    const [names = '', values = ''] = (await answer.text()).split('\n');
    expect(names.split(',').slice(0, 4)).toEqual(['tick', 'cells', 'population', 'food']);
    expect(values.split(',')).toHaveLength(names.split(',').length);
    expect(answer.headers.get('content-disposition')).toContain('surveys-0-500.csv');
  });
});

describe('GET /statistics', () => {
  test('says in each format that rows are missing, and why', async () => {
    const incomplete = { code: 'STORE_UNAVAILABLE', detail: 'it is away' };
    const rows = {
      ...{ colonyInstanceId: 'i-1', table: STATISTICS_TABLE, from: 0, to: 20, everyTicks: 20 },
      rows: [],
    };
    const lacking = fixture({ service: { series: async () => ({ ...rows, incomplete }) } });
    const answer = await lacking.send('GET', '/statistics');
    expect(answer.headers.get('colony-incomplete')).toBe('STORE_UNAVAILABLE');
    expect(statisticsAnswerSchema.parse(answer.body).incomplete).toEqual(incomplete);
    const csv = await lacking.app.request('http://localhost/statistics?format=csv');
    expect(csv.headers.get('colony-incomplete')).toBe('STORE_UNAVAILABLE');
    const whole = await fixture({ service: { series: async () => rows } }).send(
      'GET',
      '/statistics',
    );
    expect(whole.headers.get('colony-incomplete')).toBeNull();
    expect(whole.body).not.toHaveProperty('incomplete');
    expect(whole.headers.get('etag')).not.toBeNull();
    // Another answer may lack other rows of the same range.
    expect(answer.headers.get('etag')).toBeNull();
    const headers = { 'If-None-Match': '*' };
    const again = await lacking.app.request('http://localhost/statistics', { headers });
    expect(again.status).toBe(200);
  });

  test('answers rows by column', async () => {
    const { send, calls } = fixture();
    const answer = await send('GET', '/statistics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const body = statisticsAnswerSchema.parse(answer.body);
    expect(body).toMatchObject({ colonyInstanceId: 'i-1', from: 0, to: 20, everyTicks: 20 });
    expect(Object.keys(body.columns)).toEqual(NAMES);
    expect(body.columns).toMatchObject({ tick: [0, 20], food: [1, 21], population: [0, 0] });
    expect(calls).toEqual([['series', 'statistics', { points: 1_000 }]]);
  });

  test('passes on what is asked', async () => {
    const { send, calls } = fixture();
    await send('GET', '/statistics?from=20&to=4000000000&points=10000&format=json');
    expect(calls).toEqual([
      ['series', 'statistics', { from: 20, to: 4_000_000_000, points: 10_000 }],
    ]);
  });

  test.each([
    ['points=0', 'expected an integer from 1 to 10000'],
    ['points=10001', 'expected an integer from 1 to 10000'],
    ['from=-1', 'expected an integer from 0 to 4294967295'],
    ['to=4294967296', 'expected an integer from 0 to 4294967295'],
    ['format=xml', 'expected one of json, csv, parquet'],
    ['level=1', 'level'],
  ])('refuses %s', async (search, detail) => {
    const { send, calls } = fixture();
    expect(await send('GET', `/statistics?${search}`)).toMatchObject({
      status: 400,
      body: { code: 'BAD_REQUEST', detail: expect.stringContaining(detail) },
    });
    expect(calls).toEqual([]);
  });

  const unknown = ','.repeat(CHANGE_NAMES.length);
  const csv = `${NAMES.join(',')}\n0,0,1,0,0,0,0,0,0,0,0${unknown}\n20,0,21,0,0,0,0,0,0,0,0${unknown}\n`;

  test('answers CSV as a file', async () => {
    const { app } = fixture();
    const answer = await app.request('http://localhost/statistics?format=csv');
    expect(await answer.text()).toBe(csv);
    expect(answer.headers.get('content-type')).toBe('text/csv');
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="statistics-0-20.csv"',
    );
  });

  test('answers Parquet as a file', async () => {
    const { app } = fixture();
    const answer = await app.request('http://localhost/statistics?format=parquet', {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(answer.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('content-disposition')).toBe(
      'attachment; filename="statistics-0-20.parquet"',
    );
    const rows = await fromParquet(STATISTICS_TABLE, new Uint8Array(await answer.arrayBuffer()));
    expect(rows).toMatchObject([
      { tick: 0, food: 1, births: null },
      { tick: 20, food: 21, births: null },
    ]);
  });

  test.each([
    ['text/csv', 'text/csv'],
    ['application/vnd.apache.parquet', 'application/vnd.apache.parquet'],
    ['text/csv;q=0.5, application/json', 'application/json'],
    ['text/*', 'text/csv'],
    ['*/*', 'application/json'],
    ['image/png', 'application/json'],
  ])('that accepts %s answers %s', async (accept, type) => {
    const { app } = fixture();
    const answer = await app.request('http://localhost/statistics', {
      headers: { Accept: accept },
    });
    expect(answer.headers.get('content-type')).toBe(type);
    expect(answer.headers.get('vary')).toBe('Accept, Accept-Encoding');
  });

  test('compresses the answer where the client takes that', async () => {
    const { app } = fixture();
    const answer = await app.request('http://localhost/statistics?format=csv', {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    const stream = answer.body!.pipeThrough(new DecompressionStream('gzip'));
    expect(await new Response(stream).text()).toBe(csv);
  });

  test('answers 304 while the rows are those that the client has', async () => {
    const { app } = fixture();
    const first = await app.request('http://localhost/statistics');
    const headers = { 'If-None-Match': first.headers.get('etag')! };
    const again = await app.request('http://localhost/statistics', { headers });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await app.request('http://localhost/statistics?format=csv', { headers });
    expect(other.status).toBe(200);
  });

  test.each(['COLONY_NOT_STARTED', 'SERIES_BUSY', 'STORE_UNAVAILABLE'] as const)(
    'says %s',
    async (code) => {
      const series = async () => {
        throw new ColonyError(code, 'not now');
      };
      const { send } = fixture({ service: { series } });
      expect(await send('GET', '/statistics')).toMatchObject({ body: { code } });
    },
  );
});
