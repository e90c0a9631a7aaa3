import { figure } from '../../../../protocol/common/figures.ts';
import type { Mark } from '../../state/selection.ts';
import type { StatisticsTable, Survey } from '../data/tables.ts';

/** A custom property of the style sheet, or a colour of the world itself. */
export type Colour = `--${string}` | `#${string}`;

/** null: nothing is known there, and no line is drawn; undefined: no row of this series is there. */
export type Drawn = readonly (number | null | undefined)[];

export interface Series {
  /** Unique within its panel. */
  key: string;
  label: string;
  colour: Colour;
  values: Drawn;
  isDashed?: boolean;
  /** What a click on its name marks in the world. */
  marks?: Mark;
}

/** The key of the area of all that are not named. */
export const OTHERS = 'others';

/** A chart, before it is drawn. */
export interface Panel {
  id: string;
  title: string;
  /** What it tells, where the title does not. */
  hint?: string;
  /** What the values are counted in. */
  unit: string;
  /** Rising; all series have a value for each. */
  ticks: readonly number[];
  lines: readonly Series[];
  /** Areas on each other, from the ground up. */
  stack?: readonly Series[];
  /** Drawn as an area round a line. */
  band?: { low: Drawn; high: Drawn; colour: Colour; label: string };
  /** `fit`: as far as the values go; `zero`: from 0; `share`: 0 to 1, or to what the named areas need if that is little; `magnitudes`: each ten times as far. */
  scale: 'fit' | 'zero' | 'share' | 'magnitudes';
  told: (value: number) => string;
  /** It has so many series that their names need room. */
  isWide?: boolean;
}

/** All that is known of the shown range; rows of nothing stand in its gaps. */
export interface Known {
  statistics: StatisticsTable;
  surveys: readonly { tick: number; survey: Survey | undefined }[];
  /** Births, deaths and what creatures do: by creature instead of in all. */
  isPerCreature: boolean;
  /** A kind that is shown among the shares, however small. */
  marked?: Mark | undefined;
}

export const toldOf =
  (unit: string) =>
  (value: number): string =>
    unit === '' ? figure(value) : `${figure(value)}${unit}`;

/** The ticks of both, each once, rising. */
export function mergedTicks(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

/** Values at their own ticks as values at more ticks; undefined between. */
export function spreadOver(
  ticks: readonly number[],
  own: readonly number[],
  values: readonly (number | null)[],
): Drawn {
  const at = new Map(own.map((tick, i) => [tick, values[i] ?? null]));
  return ticks.map((tick) => at.get(tick));
}
