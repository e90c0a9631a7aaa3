import { destination, pino, stdTimeFunctions } from 'pino';
import type { Log } from './log.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface PinoLogOptions {
  level: LogLevel;
  /** Appended to, made with its folder; readable by its owner only. @default standard output */
  file?: string;
  /** Stand in every line, for example `{ service: 'backend', bootId }`. */
  fields?: Record<string, unknown>;
}

/**
 * One JSON line each, with an ISO time and the level's name. An error goes under `err`. Written at
 * once: the last line before a crash is there.
 */
export function createPinoLog({ level, file, fields = {} }: PinoLogOptions): Log {
  return pino(
    {
      level,
      base: fields,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({
      sync: true,
      ...(file === undefined ? { dest: 1 } : { dest: file, mkdir: true, mode: 0o600 }),
    }),
  );
}
