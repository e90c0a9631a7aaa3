import { describe, expect, test } from 'vitest';
import type { SeriesQuery } from '../../../../services/cli/client/api-client.ts';
import { fetchRows } from '../../../../services/cli/replay/stored-rows.ts';
import {
  type StatisticsAnswer,
  type SurveysAnswer,
  surveysAnswerSchema,
} from '../../../../services/protocol/api/series-api.ts';
import { segmentTicks } from '../../../../services/protocol/series/levels.ts';
import { ofSurveyColumns, toSurveyColumns } from '../../../../services/protocol/series/survey-rows.ts';
import { toColumns } from '../../../../services/protocol/series/table.ts';
import { STATISTICS_TABLE } from '../../../../services/protocol/series/tables.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { EMPTY_SURVEY } from '../../../../services/world/measuring/survey.ts';
import { surveyRow } from '../../../../services/world/measuring/survey-row.ts';

const SEGMENT = segmentTicks(STATISTICS_TABLE, 0);

/** A colony that has all rows through a tick, and those before another one only in coarser levels. */
class Colony {
  readonly asked: SeriesQuery[] = [];
  nearestSurveys: SurveysAnswer['surveys'] = [];
  readonly #through: number;
  readonly #fineAfter: number;

  constructor(through: number, fineAfter: number) {
    this.#through = through;
    this.#fineAfter = fineAfter;
  }

  async statistics(query: SeriesQuery): Promise<StatisticsAnswer> {
    this.asked.push(query);
    const { from = 0, to = this.#through } = query;
    const everyTicks = from > this.#fineAfter || this.#fineAfter === 0 ? 20 : 80;
    const first = Math.ceil(from / everyTicks) * everyTicks;
    const length = Math.floor((Math.min(to, this.#through) - first) / everyTicks) + 1;
    const rows = Array.from({ length }, (_, i) => ({ tick: first + i * everyTicks }));
    const columns = toColumns(STATISTICS_TABLE, rows) as StatisticsAnswer['columns'];
    return { colonyInstanceId: 'i-1', from, to, everyTicks, columns };
  }

  async surveys({ from = 0, to = 0 }: SeriesQuery): Promise<SurveysAnswer> {
    const asked = { colonyInstanceId: 'i-1', from, to, everyTicks: 500 };
    return surveysAnswerSchema.parse({ ...asked, surveys: this.nearestSurveys });
  }
}

const surveyAt = (tick: number) => {
  const row = toSurveyColumns(surveyRow(tick, EMPTY_SURVEY), EMPTY_STATISTICS);
  return ofSurveyColumns(row) as SurveysAnswer['surveys'][number];
};

const ticks = (from: number, to: number) =>
  Array.from({ length: (to - from) / 20 + 1 }, (_, i) => from + i * 20);

describe('rows that are fetched to be compared', () => {
  test('are all there are from a tick to another, in their order', async () => {
    const colony = new Colony(3 * SEGMENT, 0);
    const range = { from: 50, to: 2 * SEGMENT + 110 };
    const [statistics, surveys] = await fetchRows(colony, range);
    expect(statistics?.rows.map(({ tick }) => tick)).toEqual(ticks(60, 2 * SEGMENT + 100));
    expect(surveys).toMatchObject({ everyTicks: 500, rows: [] });
    expect(colony.asked).toHaveLength(3);
  });

  test('are none where all of them are outside of the range', async () => {
    const colony = new Colony(49_000, 0);
    colony.nearestSurveys = [surveyAt(48_500)];
    const [statistics, surveys] = await fetchRows(colony, { from: 48_300, to: 48_400 });
    expect(statistics?.rows.map(({ tick }) => tick)).toEqual(ticks(48_300, 48_400));
    expect(surveys?.rows).toEqual([]);
  });

  test('are those that are kept at full resolution', async () => {
    const colony = new Colony(4 * SEGMENT, 2 * SEGMENT);
    const [statistics] = await fetchRows(colony, { from: 0, to: 4 * SEGMENT });
    expect(statistics?.rows.map(({ tick }) => tick)).toEqual(ticks(2 * SEGMENT + 20, 4 * SEGMENT));
  });
});
