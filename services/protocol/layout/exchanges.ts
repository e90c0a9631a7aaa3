import { firstTickOf } from '../../world/events/origin.ts';
import type { Topology } from './topology.ts';

/** Halos are exchanged every k ticks, counted from the tick at which the world starts. */
type Exchanging = Pick<Topology, 'origin' | 'ticksPerExchange'>;

/** Whether halos are exchanged at this tick, which must not be before the first. */
export const isExchange = (t: Exchanging, tick: number): boolean =>
  (tick - firstTickOf(t.origin)) % t.ticksPerExchange === 0;

/** The index, from 0, of the last exchange at or before this tick. */
export const exchangesBefore = (t: Exchanging, tick: number): number =>
  Math.floor((tick - firstTickOf(t.origin)) / t.ticksPerExchange);

/** How many ticks remain until the next exchange after this tick; at least 1. */
export const ticksToExchange = (t: Exchanging, tick: number): number =>
  t.ticksPerExchange - ((tick - firstTickOf(t.origin)) % t.ticksPerExchange);
