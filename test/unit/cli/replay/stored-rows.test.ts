import { describe, expect, test } from 'vitest';
import type { SeriesQuery } from '../../../../services/cli/client/api-client.ts';
import { RefusedError } from '../../../../services/cli/client/api-error.ts';
import { fetchRows } from '../../../../services/cli/replay/stored-rows.ts';
import {
  type StatisticsAnswer,
  type SurveysAnswer,
  surveysAnswerSchema,
} from '../../../../services/protocol/api/series-api.ts';
import { segmentTicks } from '../../../../services/protocol/series/levels.ts';
import {
  ofSurveyColumns,
  toSurveyColumns,
} from '../../../../services/protocol/series/survey-rows.ts';
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
  /** How often answers of each segment lack rows, by its first tick. */
  lacking = new Map<number, number>();
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
    const left = this.lacking.get(from) ?? 0;
    this.lacking.set(from, left - 1);
    const incomplete = left > 0 ? { code: 'STORE_UNAVAILABLE', detail: 'it is away' } : undefined;
    return { colonyInstanceId: 'i-1', from, to, everyTicks, columns, incomplete };
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
    const {
      stored: [statistics, surveys],
      leftOut,
    } = await fetchRows(colony, range);
    expect(leftOut).toEqual([]);
    expect(statistics?.rows.map(({ tick }) => tick)).toEqual(ticks(60, 2 * SEGMENT + 100));
    expect(surveys).toMatchObject({ everyTicks: 500, rows: [] });
    expect(colony.asked).toHaveLength(3);
  });

  test('are none where all of them are outside of the range', async () => {
    const colony = new Colony(49_000, 0);
    colony.nearestSurveys = [surveyAt(48_500)];
    const { stored } = await fetchRows(colony, { from: 48_300, to: 48_400 });
    const [statistics, surveys] = stored;
    expect(statistics?.rows.map(({ tick }) => tick)).toEqual(ticks(48_300, 48_400));
    expect(surveys?.rows).toEqual([]);
  });

  test('are those that are kept at full resolution', async () => {
    const colony = new Colony(4 * SEGMENT, 2 * SEGMENT);
    const { stored } = await fetchRows(colony, { from: 0, to: 4 * SEGMENT });
    const [statistics] = stored;
    expect(statistics?.rows.map(({ tick }) => tick)).toEqual(ticks(2 * SEGMENT + 20, 4 * SEGMENT));
  });

  test('are asked for once more where some are missing', async () => {
    const colony = new Colony(2 * SEGMENT, 0);
    colony.lacking.set(SEGMENT + 20, 1);
    const { stored, leftOut } = await fetchRows(colony, { from: 0, to: 2 * SEGMENT });
    expect(stored[0]?.rows.map(({ tick }) => tick)).toEqual(ticks(0, 2 * SEGMENT));
    expect(leftOut).toEqual([]);
  });

  test('are in parts around those that stay missing', async () => {
    const colony = new Colony(4 * SEGMENT, 0);
    for (const segment of [1, 2]) colony.lacking.set(segment * SEGMENT + 20, 2);
    const { stored, leftOut } = await fetchRows(colony, { from: 0, to: 4 * SEGMENT });
    const parts = stored.filter(({ table }) => table === STATISTICS_TABLE);
    expect(parts.map(({ rows }) => rows.map(({ tick }) => tick))).toEqual([
      ticks(0, SEGMENT),
      ticks(3 * SEGMENT + 20, 4 * SEGMENT),
    ]);
    const reason = { code: 'STORE_UNAVAILABLE', detail: 'it is away' };
    expect(leftOut).toEqual([
      { table: 'statistics', from: SEGMENT + 20, to: 3 * SEGMENT, ...reason },
    ]);
  });

  test('are left out where the colony knows none', async () => {
    const surveys = async () => {
      throw new RefusedError(503, 'STORE_UNAVAILABLE', 'STORE_UNAVAILABLE: it is away.');
    };
    const colony = new Colony(400, 0);
    const statistics = (query: SeriesQuery) => colony.statistics(query);
    const { stored, leftOut } = await fetchRows({ statistics, surveys }, { from: 0, to: 400 });
    expect(stored[0]?.rows).toHaveLength(21);
    expect(leftOut).toMatchObject([{ table: 'surveys', from: 0, to: 400 }]);
  });
});
