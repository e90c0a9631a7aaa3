import type { TopologyView } from '../../../protocol/api/public-api.ts';
import {
  type DecodedTiles,
  decodeTiles,
  type EarlierTiles,
} from '../../../protocol/wire/tile-codec.ts';
import type { TileRange } from '../../../protocol/wire/tile-grid.ts';
import { read, readJson, request } from './request.ts';

/** A rectangle of cells; it may reach across the edges of the world. */
export interface CellRectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is known of each cell of a rectangle, row by row; those of nobody are 0 but for food and extraFood. */
export interface CellColumns {
  food: number[];
  extraFood: number[];
  /** 0: nobody lives there. */
  size: number[];
  /** Bit 0 can kill, bit 1 can move. */
  traits: number[];
  health: number[];
  ageTicks: number[];
  colour: number[];
  lineage: number[];
  /** The backend that holds the cell: an index into the backends of the colony. */
  owner: number[];
  shard: number[];
}

/** The answer of `GET /cells`. The rectangle may reach across the edges of the world. */
export interface Cells {
  colonyInstanceId: string;
  /** The least and the greatest tick that it shows. */
  tick: number;
  maxTick: number;
  x: number;
  y: number;
  width: number;
  height: number;
  cells: CellColumns;
}

/** The most cells of one answer. */
export const CELLS_MAX = 4096;

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
  return decodeTiles(new Uint8Array(await read(response.arrayBuffer())), since);
}

/** All fields of some cells, at most CELLS_MAX. */
export const fetchCells = (rectangle: CellRectangle) =>
  readJson<Cells>(`cells?${queryOf({ ...rectangle })}`);

export const fetchTopology = () => readJson<TopologyView>('topology');

const queryOf = (values: Record<string, string | number>) =>
  new URLSearchParams(
    Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]),
  );
