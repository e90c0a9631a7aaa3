import { describe, expect, test } from 'vitest';
import type { Replay } from '../../../../services/cli/replay/replay.ts';
import {
  RowComparison,
  type RowDifference,
} from '../../../../services/cli/replay/row-comparison.ts';
import type { StoredRows } from '../../../../services/cli/replay/stored-rows.ts';
import { toSurveyColumns } from '../../../../services/protocol/series/survey-rows.ts';
import type { Row } from '../../../../services/protocol/series/table.ts';
import { STATISTICS_TABLE, SURVEYS_TABLE } from '../../../../services/protocol/series/tables.ts';
import { EMPTY_CHANGES } from '../../../../services/world/measuring/changes.ts';
import { EMPTY_STATISTICS } from '../../../../services/world/measuring/statistics.ts';
import { EMPTY_SURVEY } from '../../../../services/world/measuring/survey.ts';
import { surveyRow } from '../../../../services/world/measuring/survey-row.ts';

/** A world in which a creature is born at each tick. */
class World implements Pick<Replay, 'tick' | 'measure' | 'survey'> {
  tick: number;
  #measuredTick: number;

  constructor(tick = 0) {
    this.tick = tick;
    this.#measuredTick = tick;
  }

  async measure() {
    const births = this.tick - this.#measuredTick;
    this.#measuredTick = this.tick;
    return {
      statistics: { ...EMPTY_STATISTICS, population: this.tick },
      changes: { ...EMPTY_CHANGES, births },
    };
  }

  async survey() {
    return { ...EMPTY_SURVEY, squares: { ...EMPTY_SURVEY.squares, food: BigInt(this.tick) } };
  }
}

const row = (tick: number, births: number | null): Row => ({
  tick,
  ...EMPTY_STATISTICS,
  population: tick,
  ...(births === null
    ? Object.fromEntries(Object.keys(EMPTY_CHANGES).map((name) => [name, null]))
    : { ...EMPTY_CHANGES, births }),
});
const table = (rows: readonly Row[], everyTicks = 20): StoredRows => ({
  ...{ table: STATISTICS_TABLE, everyTicks, rows },
});
const surveyAt = (tick: number, food = tick): Row => {
  const survey = { ...EMPTY_SURVEY, squares: { ...EMPTY_SURVEY.squares, food: BigInt(food) } };
  return toSurveyColumns(surveyRow(tick, survey), { ...EMPTY_STATISTICS, population: tick });
};
const surveys = (rows: readonly Row[]): StoredRows => ({
  ...{ table: SURVEYS_TABLE, everyTicks: 500, rows },
});

async function compared(stored: readonly StoredRows[], fromTick = 0) {
  const world = new World(fromTick);
  const rows = new RowComparison(stored, fromTick);
  const found: RowDifference[] = [];
  for (const tick of rows.ticks) {
    world.tick = tick;
    found.push(...(await rows.differences(world as unknown as Replay)));
  }
  return { found, rows: rows.compared };
}

describe('stored rows that are compared with a replay', () => {
  test('are the same from genesis on, at any level', async () => {
    const fine = table([row(0, 0), row(20, 20), row(40, 20)]);
    expect(await compared([fine])).toEqual({ found: [], rows: 3 });
    const coarse = table([row(0, 0), row(80, 80), row(160, 80)], 80);
    expect(await compared([coarse])).toEqual({ found: [], rows: 3 });
  });

  test('are the same beside surveys, whatever their ticks are', async () => {
    const fine = table(
      [20, 40, 60].map((tick) => row(tick * 20, 400)),
      400,
    );
    expect(await compared([fine, surveys([surveyAt(500), surveyAt(1_000)])])).toEqual({
      ...{ found: [], rows: 5 },
    });
  });

  test('differ by each value that is another', async () => {
    const stored = table([row(0, 0), { ...row(20, 21), food: 5 }, row(40, 20)]);
    expect((await compared([stored])).found).toEqual([
      { tick: 20, table: 'statistics', column: 'food', stored: 5, replayed: 0 },
      { tick: 20, table: 'statistics', column: 'births', stored: 21, replayed: 20 },
    ]);
  });

  test('differ by a survey that is another', async () => {
    const stored = surveys([surveyAt(500), surveyAt(1_000, 999)]);
    expect((await compared([stored])).found).toEqual([
      { tick: 1_000, table: 'surveys', column: 'squares_food', stored: '999', replayed: '1000' },
    ]);
  });

  test('differ where one between them is missing', async () => {
    const stored = table([row(0, 0), row(20, 20), row(60, 20)]);
    expect((await compared([stored])).found).toEqual([
      { tick: 40, table: 'statistics', column: 'tick', stored: null, replayed: 40 },
    ]);
  });

  test('count from the tick of the row before, where the replay passes that', async () => {
    expect(await compared([table([row(100, 20), row(120, 20)])])).toMatchObject({ found: [] });
    expect((await compared([table([row(100, 19)])])).found).toHaveLength(1);
  });

  test('may not know what happened before the first of them, and must know it after', async () => {
    expect((await compared([table([row(100, null), row(120, 20)])])).found).toEqual([]);
    const { found } = await compared([table([row(100, 20), row(120, null)])]);
    expect(found.map(({ column }) => column)).toContain('births');
  });

  test('are compared by their states alone where the replay begins after the row before', async () => {
    expect(await compared([table([row(100, 7), row(120, 20)])], 100)).toEqual({
      ...{ found: [], rows: 2 },
    });
    expect(await compared([table([row(120, 7), row(140, 20)])], 107)).toMatchObject({ found: [] });
    const wrong = { ...row(120, 7), population: 1 };
    expect((await compared([table([wrong])], 107)).found).toHaveLength(1);
  });
});
