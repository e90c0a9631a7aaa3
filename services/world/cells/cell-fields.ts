/**
 * The fields of a cell that are copied from block to block, each with the bytes of a value, wide ones
 * first; extraFood is not among them, for each block makes it for itself.
 *
 * `state` is what decides what happens. `descent` merely goes with a creature: no rule looks at it. So
 * in a margin it is needed no further than creatures come, a cell per tick, where `state` is needed
 * three times as far.
 */
export const CELL_FIELDS = {
  all: [
    ['colour', 4],
    ['lineage', 4],
    ['food', 2],
    ['health', 2],
    ['birth', 2],
    ['size', 1],
    ['traits', 1],
  ],
  state: [
    ['colour', 4],
    ['food', 2],
    ['health', 2],
    ['size', 1],
    ['traits', 1],
  ],
  descent: [
    ['lineage', 4],
    ['birth', 2],
  ],
} as const;

/** Some of the fields of cells. */
export type CellFields = keyof typeof CELL_FIELDS;

/** What a cell takes where it is held: its fields, and extraFood. */
export const CELL_BYTES = CELL_FIELDS.all.reduce((sum, [, bytes]) => sum + bytes, 1);

/** What a world takes at least: its cells alone, without margins and messages. */
export const leastWorldBytes = (world: { width: number; height: number }): number =>
  world.width * world.height * CELL_BYTES;

/** How far a creature, or its child, comes in a tick. */
export const REACH = 1;
