import { signal } from '@preact/signals';

export interface Cell {
  x: number;
  y: number;
}

/** Creatures of one kind, by their colour 0xRRGGBB. */
export interface Mark {
  kind: 'species' | 'lineage';
  colour: number;
}

/** The cell that is inspected. */
export const selectedCell = signal<Cell | undefined>(undefined);
/** The creatures that stand out in the world and in the charts. */
export const marked = signal<Mark | undefined>(undefined);
/** A tick of the past that is looked at; undefined: now. */
export const shownTick = signal<number | undefined>(undefined);
