import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { LOG_MAX_BYTES } from '../platform/observability/rotating-file.ts';

/** As much of the end of a log is looked at for its last lines. */
const TAIL_BYTES = 16 * 1024;

/**
 * Opens a child's log for appending: for what it writes to standard output and error. A child that writes
 * lines of its own bounds the file while it runs (rotating-file.ts); here that is done for what came from
 * children that failed again and again.
 *
 * @returns a descriptor for spawn, to be closed by the caller
 */
export function openChildLog(file: string, rotateBytes: number = LOG_MAX_BYTES): number {
  mkdirSync(path.dirname(file), { recursive: true });
  const sizeBytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes > rotateBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}

/** The last lines of a log, made readable; none when there is no log. */
export function lastLogLines(file: string, count: number): string[] {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const read = readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8', 0, read).split('\n');
    return lines
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .map(readable);
  } finally {
    closeSync(fd);
  }
}

const LEVELS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** A line of pino as `level message: error`; any other line as it is. */
export function readable(line: string): string {
  try {
    const { level, msg, err } = JSON.parse(line);
    if (typeof msg !== 'string') return line;
    const shown = LEVELS[level] ?? (typeof level === 'string' ? level : '');
    const why = typeof err?.message === 'string' && err.message !== msg ? `: ${err.message}` : '';
    return `${shown} ${msg}${why}`.trim();
  } catch {
    return line;
  }
}
