import { type Rgb, scaleOf, valueColour } from '../../../../protocol/pictures/scales.ts';
import { CAN_KILL, CAN_MOVE } from '../../../../world/cells/cell-block.ts';
import type { Layer } from '../../../../world/measuring/layers.ts';
import type { Rules } from '../../../../world/spec/rules.ts';
import type { CellColumns, Cells } from '../../api/world-client.ts';
import type { Mark } from '../../state/selection.ts';

/** How single cells are drawn, four bytes a cell, row by row. */
export interface CellLooks {
  width: number;
  height: number;
  /** Red, green, blue, 255 of the ground. */
  ground: Uint8Array;
  /** The same of who lives there. */
  body: Uint8Array;
  /**
   * The radius of the disc in 510ths of a cell (0: nobody lives there); 1 can kill + 2 can move + 4 is
   * dimmed; the health in 255ths of what it breeds at; 0.
   */
  traits: Uint8Array;
}

/** The radius of the smallest and of the largest disc, in 510ths of a cell. */
const RADIUS: readonly [least: number, most: number] = [56, 206];
/** Sizes from here on look alike. */
const SIZE_SHOWN_MAX = 40;

/** The health from which a creature of this size breeds. */
export const breedingHealth = (size: number, rules: Rules): number =>
  Math.min(65_535, rules.breedPerSize * size + rules.breedBase);

/** The health that a creature pays each tick. */
export function livingCost(size: number, traits: number, rules: Rules): number {
  const forKilling = (traits & CAN_KILL) === 0 ? 0 : rules.healthCostIfCanKill;
  const forMoving = (traits & CAN_MOVE) === 0 ? 0 : rules.healthCostIfCanMove;
  return rules.healthCostPerSizeUnit * size + forKilling + forMoving;
}

/**
 * What cells look like in a layer: layers of the land colour the ground, those of creatures the
 * creatures. The ground is else shaded by its food, the creatures have else the colour of their species.
 */
export function cellLooks(
  { cells, width, height }: Cells,
  layer: Layer,
  rules: Rules,
  mark: Mark | undefined,
): CellLooks {
  const count = width * height;
  const looks: CellLooks = {
    width,
    height,
    ground: new Uint8Array(4 * count).fill(255),
    body: new Uint8Array(4 * count).fill(255),
    traits: new Uint8Array(4 * count),
  };
  const scale = scaleOf(layer, rules);
  const food = scaleOf('food', rules);
  const ofCell = (i: number): Rgb => valueColour(layer, scale, cellValue(layer, cells, i, rules));
  const isLand = layer === 'food' || layer === 'extraFood';
  for (let i = 0; i < count; i++) {
    const land = isLand ? ofCell(i) : dark(valueColour('food', food, cells.food[i] ?? 0));
    looks.ground.set(layer === 'owner' ? tinted(land, ofCell(i)) : land, 4 * i);
    const size = cells.size[i] ?? 0;
    if (size === 0) continue;
    const isSpecies = isLand || layer === 'owner' || layer === 'colour' || layer === 'lineage';
    const colour = (layer === 'lineage' ? cells.lineage[i] : cells.colour[i]) ?? 0;
    looks.body.set(isSpecies ? rgbOf(colour) : ofCell(i), 4 * i);
    looks.traits.set(traitsOf(cells, i, size, rules, mark), 4 * i);
  }
  return looks;
}

function traitsOf(
  cells: CellColumns,
  i: number,
  size: number,
  rules: Rules,
  mark: Mark | undefined,
): [radius: number, flags: number, health: number, zero: number] {
  const [least, most] = RADIUS;
  const radius = least + (most - least) * Math.min(1, size / SIZE_SHOWN_MAX);
  const kind = mark?.kind === 'lineage' ? cells.lineage[i] : cells.colour[i];
  const isDim = mark !== undefined && kind !== mark.colour;
  const flags = ((cells.traits[i] ?? 0) & 3) + (isDim ? 4 : 0);
  const health = Math.min(1, (cells.health[i] ?? 0) / breedingHealth(size, rules));
  return [Math.round(radius), flags, Math.round(255 * health), 0];
}

/** The value of a cell as a tile of zoom 0 has it. */
export function cellValue(layer: Layer, cells: CellColumns, i: number, rules: Rules): number {
  const at = (column: readonly number[]) => column[i] ?? 0;
  switch (layer) {
    case 'food':
      return at(cells.food);
    case 'extraFood':
      return at(cells.extraFood);
    case 'owner':
      return at(cells.owner) + 1;
  }
  if (at(cells.size) === 0) return 0;
  switch (layer) {
    case 'colour':
      return at(cells.colour);
    case 'lineage':
      return at(cells.lineage);
    case 'size':
      return at(cells.size);
    case 'canKill':
      return (at(cells.traits) & CAN_KILL) === 0 ? 1 : 2;
    case 'canMove':
      return (at(cells.traits) & CAN_MOVE) === 0 ? 1 : 2;
    case 'cost':
      return livingCost(at(cells.size), at(cells.traits), rules);
    case 'health':
      return at(cells.health);
    case 'age':
      return Math.min(at(cells.ageTicks) + 1, 65_535);
  }
}

const rgbOf = (colour: number): Rgb => [colour >>> 16, (colour >>> 8) & 0xff, colour & 0xff];

/** So that creatures stand out from the ground. */
const dark = ([red, green, blue]: Rgb): Rgb =>
  [0.5 * red, 0.5 * green, 0.5 * blue].map(Math.round) as unknown as Rgb;

const tinted = (land: Rgb, tint: Rgb): Rgb =>
  land.map((channel, i) => Math.round(0.55 * channel + 0.3 * (tint[i] ?? 0))) as unknown as Rgb;
