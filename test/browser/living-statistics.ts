import { coarser, everyTicks } from '../../services/protocol/series/levels.ts';
import type { Row, SeriesAnswer } from '../../services/protocol/series/table.ts';
import { STATISTICS_TABLE } from '../../services/protocol/series/tables.ts';
import type { SingleWorld } from '../../services/world/single-world.ts';

/** What is asked of the statistics. */
interface Asked {
  from?: number | undefined;
  to?: number | undefined;
  points: number;
}

/** The statistics of a living world through time, as a leader answers them. */
export class LivingStatistics {
  readonly #colonyInstanceId: string;
  readonly #rows: Row[] = [];

  constructor(colonyInstanceId: string) {
    this.#colonyInstanceId = colonyInstanceId;
  }

  /** Measures the world, if it is in a state that is measured; to be called for each of its states. */
  note(world: SingleWorld): void {
    if (world.tick % STATISTICS_TABLE.everyTicks !== 0) return;
    this.#rows.push({ tick: world.tick, ...world.statistics(), ...world.takeChanges() });
  }

  read({ from = 0, to = this.#rows.at(-1)?.tick ?? 0, points }: Asked): SeriesAnswer {
    const table = STATISTICS_TABLE;
    const isAsked = ({ tick }: Row) => tick >= from && tick <= to;
    let rows: readonly Row[] = this.#rows;
    let level = 0;
    while (rows.filter(isAsked).length > points) {
      level++;
      rows = coarser(table, rows, everyTicks(table, level));
    }
    const colonyInstanceId = this.#colonyInstanceId;
    return {
      colonyInstanceId,
      table,
      from,
      to,
      everyTicks: everyTicks(table, level),
      rows: rows.filter(isAsked),
    };
  }
}
