import type { ColonyView } from '../../../../protocol/api/public-api.ts';
import { leastWorldBytes } from '../../../../world/cells/cell-fields.ts';

/** What a processor takes for a cell and a tick, all processes of a colony included; see docs/performance.md. */
const NS_PER_CELL = 5.1;
/** A colony that reaches so much of the pace that it was asked for could have done more. */
const KEEPS_PACE = 0.95;

interface Extent {
  width: number;
  height: number;
}

/** What a colony has shown that it can do. */
export interface Measured {
  cellsPerSecond: number;
}

/**
 * How many cells a second a running colony ticks, if that is all it can: not while it keeps the pace
 * that it was asked for. Pure.
 */
export function measuredOf({ spec, phase, ticksPerSecond }: ColonyView): Measured | undefined {
  const { achieved, asked } = ticksPerSecond;
  if (spec === null || phase !== 'Ticking' || achieved === null || achieved <= 0) return undefined;
  if (asked !== null && achieved >= KEEPS_PACE * asked) return undefined;
  return { cellsPerSecond: achieved * spec.width * spec.height };
}

interface Circumstances {
  /** What was measured of this colony before, if anything. */
  measured: Measured | undefined;
  /** How many processors there are to tick; undefined: not known. */
  processors: number | undefined;
}

/**
 * Says what a world takes and how fast it may tick, in words. Pure.
 *
 * @param pace ticks a second that are asked for; null: as many as possible.
 */
export function estimateTexts(
  world: Extent,
  pace: number | null,
  { measured, processors }: Circumstances,
): { memory: string; speed: string } {
  const cells = world.width * world.height;
  const memory = `at least ${sizeText(leastWorldBytes(world))}`;
  const perProcessor = 1e9 / (NS_PER_CELL * cells);
  const can = measured ? measured.cellsPerSecond / cells : perProcessor * (processors ?? 1);
  const basis =
    measured !== undefined
      ? 'as fast as the last world here'
      : processors === undefined
        ? 'for each processor'
        : `on ${processors} ${processors === 1 ? 'processor' : 'processors'}`;
  if (pace !== null && pace <= can) {
    return {
      memory,
      speed: `${paceText(pace)} ticks/s as asked; about ${paceText(can)} possible ${basis}`,
    };
  }
  return { memory, speed: `about ${paceText(can)} ticks/s, ${basis}` };
}

/** Two digits that matter: an estimate has no more. */
function paceText(ticksPerSecond: number): string {
  return Number(ticksPerSecond.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 3 });
}

const sizeText = (bytes: number): string =>
  bytes < 1e9
    ? `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`
    : `${(bytes / 1e9).toFixed(1)} GB`;
