import type { Clock } from '../runtime/clock.ts';
import { LimitedLog } from './limited-log.ts';
import type { Log } from './log.ts';
import { createPinoLog, type LogLevel } from './pino-log.ts';

/** The log of a service process: bounded in size and in how often it says the same. */
export function createServiceLog(o: {
  config: { logLevel: LogLevel; logFile: string | undefined };
  /** Added to every line. */
  fields: { service: string; id: string };
  clock: Clock;
}): Log {
  const { config, fields, clock } = o;
  const { logLevel: level, logFile: file } = config;
  const log = LimitedLog.over(
    createPinoLog({ level, ...(file !== undefined && { file }), fields }),
    clock,
  );
  process.once('exit', () => log.flush());
  return log;
}
