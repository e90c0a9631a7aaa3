import { toSurveyColumns } from '../../protocol/series/survey-rows.ts';
import type { Column, Row, Value } from '../../protocol/series/table.ts';
import { SURVEYS_TABLE } from '../../protocol/series/tables.ts';
import { type Changes, EMPTY_CHANGES, mergeChanges } from '../../world/measuring/changes.ts';
import { surveyRow } from '../../world/measuring/survey-row.ts';
import type { Replay } from './replay.ts';
import type { StoredRows } from './stored-rows.ts';

/** A value of a stored row that is not the one of the replay. */
export interface RowDifference {
  readonly tick: number;
  readonly table: string;
  /** `tick`: the row is missing. */
  readonly column: string;
  readonly stored: Value;
  readonly replayed: Value;
}

/**
 * Compares stored rows with those that a replay measures, exactly: every value in the state of a row's tick, and what
 * happened since the row before.
 *
 * What happened is not known to the replay where it begins between two rows, and need not be known to the colony in
 * the first row that it has. Between two rows that are there none may be missing.
 */
export class RowComparison {
  readonly #tables: readonly TableComparison[];

  /** @param fromTick the tick of the state that the replay is in. */
  constructor(stored: readonly StoredRows[], fromTick: number) {
    this.#tables = stored.map((rows) => new TableComparison(rows, fromTick));
  }

  /** At these ticks the replay is to stop for `differences`, ascending. */
  get ticks(): number[] {
    const all = this.#tables.flatMap(({ stops }) => [...stops]);
    return [...new Set(all)].sort((a, b) => a - b);
  }

  /** How many rows have been compared. */
  get compared(): number {
    return this.#tables.reduce((sum, { compared }) => sum + compared, 0);
  }

  /**
   * What differs in the rows of the present tick. To be called at each of `ticks`, at others it does nothing.
   *
   * @param world in the first state that it has, or measured by this comparison alone since then.
   */
  async differences(world: Replay): Promise<RowDifference[]> {
    const { tick } = world;
    if (!this.#tables.some(({ stops }) => stops.has(tick))) return [];
    const { statistics, changes } = await world.measure();
    const found: RowDifference[] = [];
    for (const table of this.#tables) {
      table.count(changes);
      if (!table.stops.has(tick)) continue;
      const own = table.needsSurvey(tick)
        ? toSurveyColumns(surveyRow(tick, await world.survey()), statistics)
        : { tick, ...statistics };
      found.push(...table.compare(own));
    }
    return found;
  }
}

/** The rows of one table. */
class TableComparison {
  readonly #stored: StoredRows;
  readonly #fromTick: number;
  readonly #byTick: ReadonlyMap<number, Row>;
  /** What happened since the last stop. */
  #changes: Changes = EMPTY_CHANGES;
  /** The ticks of the rows, and where counting begins for the first ones. */
  readonly stops: ReadonlySet<number>;
  compared = 0;

  constructor(stored: StoredRows, fromTick: number) {
    const { rows, everyTicks } = stored;
    this.#stored = stored;
    this.#fromTick = fromTick;
    this.#byTick = new Map(rows.map((row) => [row.tick, row]));
    const stops = rows.flatMap(({ tick }) => [tick - everyTicks, tick]);
    this.stops = new Set(stops.filter((tick) => tick >= fromTick));
  }

  count(changes: Changes): void {
    this.#changes = mergeChanges(this.#changes, changes);
  }

  needsSurvey(tick: number): boolean {
    return this.#stored.table.name === SURVEYS_TABLE.name && this.#byTick.has(tick);
  }

  /** @param state what the columns of the state have at its tick, which is a stop. */
  compare(state: Row): RowDifference[] {
    const { tick } = state;
    const { table, rows } = this.#stored;
    const changes = this.#changes;
    this.#changes = EMPTY_CHANGES;
    const row = this.#byTick.get(tick);
    const [first, last] = [rows[0]?.tick ?? tick, rows.at(-1)?.tick ?? tick];
    if (row === undefined) {
      if (tick < first || tick > last) return [];
      return [{ tick, table: table.name, column: 'tick', stored: null, replayed: tick }];
    }
    this.compared++;
    const measured: Readonly<Record<string, Value>> = { ...state, ...changes };
    return table.columns
      .filter((column) => this.#isKnown(column, row))
      .map(({ name }) => ({
        ...{ tick, table: table.name, column: name },
        ...{ stored: row[name] ?? null, replayed: measured[name] ?? null },
      }))
      .filter(({ stored, replayed }) => stored !== replayed);
  }

  #isKnown({ kind, name }: Column, row: Row): boolean {
    if (kind === 'state' || row.tick === 0) return true;
    const before = row.tick - this.#stored.everyTicks;
    if (before < this.#fromTick) return false;
    return row[name] !== null || this.#byTick.has(before);
  }
}
