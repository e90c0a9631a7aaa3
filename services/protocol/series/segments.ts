import { OBJECT_PREFIXES } from '../common/names.ts';

/** A segment: so many rows of a level of a table, from a tick on. */
export interface Segment {
  level: number;
  fromTick: number;
}

/** The folder of the segments of a table. */
export const segmentsFolder = (colonyName: string, colonyInstanceId: string, table: string) =>
  `${OBJECT_PREFIXES.statistics(colonyName)}${colonyInstanceId}/${table}/`;

/** The path of a segment below that folder: ticks are padded, so that segments sort by them. */
export const segmentPath = ({ level, fromTick }: Segment): string =>
  `${level}/${String(fromTick).padStart(12, '0')}.parquet`;

/** undefined: it is none. */
export function segmentOf(path: string): Segment | undefined {
  const [, level, fromTick] = /^(\d{1,2})\/(\d{12})\.parquet$/.exec(path) ?? [];
  return level === undefined ? undefined : { level: Number(level), fromTick: Number(fromTick) };
}
