import type { CellsView } from '../../../protocol/api/cells-view.ts';
import type { TopologyView } from '../../../protocol/api/public-api.ts';
import {
  type DecodedTiles,
  decodeTiles,
  type EarlierTiles,
} from '../../../protocol/wire/tile-codec.ts';
import type { TileRange } from '../../../protocol/wire/tile-grid.ts';
import { below } from './answer-shape.ts';
import { OtherBuild, read, readJson, request } from './request.ts';

/** A rectangle of cells; it may reach across the edges of the world. */
export interface CellRectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Single cells, as `GET /cells` tells of them: row by row, across the edges of the world. */
export type Cells = CellsView;
export type CellColumns = Cells['cells'];

/**
 * The newest state of some tiles.
 *
 * @param since an answer that is at hand: only what has changed is sent.
 */
export async function fetchTiles(
  range: TileRange,
  since: EarlierTiles | undefined,
): Promise<DecodedTiles> {
  const query = queryOf({ ...range });
  if (since !== undefined) query.set('since', since.tag);
  const response = await request(`tiles?${query}`);
  const bytes = new Uint8Array(await read(response.arrayBuffer()));
  try {
    return decodeTiles(bytes, since);
  } catch (cause) {
    throw new OtherBuild(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const CELLS_NEEDS = [
  ...['colonyInstanceId', 'tick', 'maxTick', 'x', 'y', 'width', 'height'],
  ...below('cells', ['size', 'health', 'ageTicks', 'food', 'extraFood', 'colour', 'lineage']),
  ...below('cells', ['traits', 'owner', 'shard']),
];

/** All fields of some cells, at most CELLS_READ_MAX. */
export const fetchCells = (rectangle: CellRectangle) =>
  readJson<Cells>(`cells?${queryOf({ ...rectangle })}`, {}, CELLS_NEEDS);

export const fetchTopology = () => readJson<TopologyView>('topology');

const queryOf = (values: Record<string, string | number>) =>
  new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]),
  );
