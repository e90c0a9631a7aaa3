import type { ColonyEvent } from '../../../../protocol/colony/colony-event.ts';
import type { StatisticsTable, SurveyTable } from '../data/tables.ts';

/** A picture of the world that is stored. */
export interface StoredPicture {
  tick: number;
  width: number;
  height: number;
}

/** Ticks of interest; without `to` to the newest. */
export interface Asked {
  from: number;
  to: number | undefined;
  /** At most so many rows. */
  points: number;
}

/** What the charts ask of the colony. All throw an Error whose message is for people. */
export interface ChartsApi {
  statistics(asked: Asked): Promise<StatisticsTable>;
  surveys(asked: Asked): Promise<SurveyTable>;
  /** From a tick on, oldest first, whole ticks. */
  events(from: number, limit: number): Promise<readonly ColonyEvent[]>;
  /** Oldest first. */
  pictures(): Promise<readonly StoredPicture[]>;
}

/** The address of a file of the shown range. */
export function downloadPath(
  what: 'statistics' | 'surveys',
  format: 'csv' | 'parquet',
  { from, to }: { from: number; to: number },
): string {
  return `${what}?${new URLSearchParams({ from: String(from), to: String(to), points: '10000', format })}`;
}
