import { z } from 'zod';
import { CELL_COLUMNS, type CellColumn } from '../wire/cells-codec.ts';

const count = z.int().min(0);
const column = z.array(count);

/** Answer of `GET /cells`. */
export const cellsViewSchema = z.object({
  colonyInstanceId: z.string(),
  /** The least tick of the cells told, and the greatest. */
  tick: count,
  maxTick: count,
  x: count,
  y: count,
  width: count,
  height: count,
  /** Row by row from (x, y) on. What is a creature's is 0 in blank cells; ages are modulo 65,536. */
  cells: z.object({
    ...(Object.fromEntries(CELL_COLUMNS.map((name) => [name, column])) as Record<
      CellColumn,
      typeof column
    >),
    /** Index of the backend in `GET /topology`. */
    owner: column,
    shard: column,
  }),
});
export type CellsView = z.infer<typeof cellsViewSchema>;
