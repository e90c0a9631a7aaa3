import { MEMORY_SHARE } from '../../platform/config/backend-config.ts';
import { leastWorldBytes } from '../../world/cells/cell-fields.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** What is judged of this machine; all pure. */

/** As package.json has it under `engines`: the oldest Node that is supported. */
export function nodeFinding(
  { version, hasZstd }: { version: string; hasZstd: boolean },
  oldest: string,
): Finding {
  if (isOlder(version, oldest)) {
    return problem('node', `Node ${version} is too old`, `use Node ${oldest} or later`);
  }
  if (hasZstd) return ok('node', `Node ${version}, with zstd`);
  return warning(
    'node',
    `Node ${version} has no zstd, so that it cannot read checkpoints that a later Node wrote`,
    'use Node 22.15 or later',
  );
}

function isOlder(version: string, oldest: string): boolean {
  const [a, b] = [version, oldest].map((text) => text.split('.').map(Number)) as [
    number[],
    number[],
  ];
  const at = b.findIndex((part, i) => part !== (a[i] ?? 0));
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

/** Wall and monotonic time, read at one moment. */
export interface ClockSample {
  /** Since 1970. */
  wallMs: number;
  /** From any origin. */
  monotonicMs: number;
}

/** No build is older. */
const EARLIEST_MS = Date.UTC(2025, 0, 1);
/** What a clock that is slewed, and a process that had to wait between two readings, come to. */
const JUMP_MS = 250;

/** Whether wall time is plausible, and went on as fast as monotonic time between two moments. */
export function clockFinding(before: ClockSample, after: ClockSample): Finding {
  const remedy = 'let the system set it (NTP)';
  if (after.wallMs < EARLIEST_MS) {
    const now = new Date(after.wallMs).toISOString();
    return problem('clock', `the clock says ${now}`, remedy);
  }
  const jumpMs = after.wallMs - before.wallMs - (after.monotonicMs - before.monotonicMs);
  if (Math.abs(jumpMs) <= JUMP_MS) return ok('clock', new Date(after.wallMs).toISOString());
  const how = `${jumpMs > 0 ? 'forward' : 'back'} by ${(Math.abs(jumpMs) / 1000).toFixed(1)} s`;
  return warning('clock', `the clock was set ${how} while it was looked at`, remedy);
}

/** When a server said what time it is: an HTTP date has whole seconds. */
export interface DateSample {
  dateMs: number;
  sentMs: number;
  receivedMs: number;
}

/** How far this clock is ahead of the server's, at the least; negative: behind. */
export function skewMsOf({ dateMs, sentMs, receivedMs }: DateSample): number {
  if (sentMs > dateMs + 1000) return sentMs - (dateMs + 1000);
  return receivedMs < dateMs ? receivedMs - dateMs : 0;
}

/** A signature may be 5 minutes off. */
const REFUSED_SKEW_MS = 300_000;

/**
 * @param server whose clock it is
 * @param o.signed whether requests to it are signed, which a wrong clock makes invalid
 */
export function skewFinding(
  server: string,
  sample: DateSample | undefined,
  { signed }: { signed: boolean },
): Finding {
  const check = 'clock skew';
  const remedy = 'let the system set the clock (NTP)';
  if (sample === undefined) {
    return warning(
      check,
      `not known: ${server} does not tell the time`,
      'compare the clocks by hand',
    );
  }
  const skewMs = skewMsOf(sample);
  const apart = `this clock is ${(Math.abs(skewMs) / 1000).toFixed(0)} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of ${server}`;
  if (signed && Math.abs(skewMs) >= REFUSED_SKEW_MS) {
    return problem(check, `${apart}, so that signatures are refused`, remedy);
  }
  if (Math.abs(skewMs) >= 5_000) return warning(check, apart, remedy);
  return ok(check, `the clocks of this machine and of ${server} agree`);
}

export interface Memory {
  /** Of the machine, or of the container that this process may use. */
  totalBytes: number;
  /** What other processes leave. */
  freeBytes: number;
}

type Extent = { width: number; height: number };

/** @param isRunning whether the world is in memory already */
export function memoryFinding(
  { totalBytes, freeBytes }: Memory,
  { width, height }: Extent,
  isRunning: boolean,
): Finding {
  const needed = leastWorldBytes({ width, height });
  const usable = totalBytes * MEMORY_SHARE;
  const world = `a world of ${width} x ${height} cells needs at least ${sizeText(needed)} of memory`;
  if (needed > usable) {
    return problem(
      'memory',
      `${world}, backends may use ${sizeText(usable)} here`,
      'choose a smaller world with --width and --height',
    );
  }
  if (!isRunning && needed > freeBytes) {
    return warning(
      'memory',
      `${world}, ${sizeText(freeBytes)} are free now`,
      'end other programs, or choose a smaller world with --width and --height',
    );
  }
  return ok('memory', `${world}, backends may use ${sizeText(usable)} here`);
}

/** In powers of ten, as the API has it. */
export const sizeText = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
