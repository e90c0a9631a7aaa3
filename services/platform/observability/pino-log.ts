import { destination, pino, stdTimeFunctions } from 'pino';
import type { Log } from './log.ts';
import { RotatingFile } from './rotating-file.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface PinoLogOptions {
  level: LogLevel;
  /** The file to append to, which is bounded (rotating-file.ts). @default standard output */
  file?: string;
  /** Added to every line, for example `{ service: 'backend', bootId }`. */
  fields?: Record<string, unknown>;
}

/**
 * Writes one JSON line for each entry, with an ISO time and the level's name; an error goes under `err`.
 * Lines are written synchronously, so that the last one before a crash is not lost.
 */
export function createPinoLog({ level, file, fields = {} }: PinoLogOptions): Log {
  return pino(
    {
      level,
      base: fields,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    file === undefined ? standardOutput() : new RotatingFile(file),
  );
}

/** A reader that goes away takes the lines with it, not the process. */
function standardOutput() {
  const output = destination({ dest: 1, sync: true });
  output.on('error', () => undefined);
  return output;
}
