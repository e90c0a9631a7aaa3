import type { CellBlock, CellRaster } from '../cells/cell-block.ts';
import type { CellCopy } from '../cells/cell-copy.ts';
import { REACH } from '../cells/cell-fields.ts';
import { haloPieces } from '../cells/halo-pieces.ts';
import { RADIUS } from './tick.ts';

/** Which fields of cells are needed up to which distance from a block with such a margin. */
export const marginDepths = (halo: number) =>
  ({ state: halo, descent: (halo / RADIUS) * REACH }) as const;

/** Some cells of the world: its upper left cell is at x, y. */
interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The copies that fill a block's margin as far as the cells of a source go, no deeper than ticks need.
 *
 * @param source its cells may have some of the fields only: then these are copied.
 * @param place which cells of the world these are.
 */
export function marginCopies(
  target: CellBlock,
  source: CellRaster,
  { x, y, width, height }: Placed,
): CellCopy[] {
  const { state, descent } = marginDepths(target.halo);
  const copies = (fields: 'state' | 'descent', halo: number) =>
    haloPieces({ ...target, halo }, { ...target, x, y, width, height }).map(
      (piece): CellCopy => ({ ...piece, source, target, fields }),
    );
  return [
    ...(source.fields === 'descent' ? [] : copies('state', state)),
    ...(source.fields === 'state' ? [] : copies('descent', descent)),
  ];
}
