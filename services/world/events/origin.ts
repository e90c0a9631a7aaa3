import type { CellBlock } from '../cells/cell-block.ts';
import type { Conditions } from './events.ts';
import type { ScheduleState } from './random-schedule.ts';

/**
 * Where a world starts: at genesis, or in a later state with all that belongs to it beside the
 * cells. From either it takes the same course, bit for bit.
 */
export type Origin = { readonly kind: 'genesis' } | StateOrigin;

/** A state that a world was in. Events of its tick, and of later ones, have not happened in it. */
export interface StateOrigin {
  readonly kind: 'state';
  readonly tick: number;
  /** As events of earlier ticks left them. */
  readonly conditions: Conditions;
  /** Of the random events: the next one is of this tick or a later one. */
  readonly schedule: ScheduleState;
  /** Injected events up to this sequence were known: those of earlier ticks are in the cells. */
  readonly eventSeq: number;
}

export const GENESIS = Object.freeze({ kind: 'genesis' } as const);

/** The tick of the first state. */
export const firstTickOf = (origin: Origin): number =>
  origin.kind === 'genesis' ? 0 : origin.tick;

/** Puts the cells of a state into a block, all fields and extraFood too, margin included. */
export type CellSource = (block: CellBlock) => void;
