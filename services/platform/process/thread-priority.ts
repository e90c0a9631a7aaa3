import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

/** As `nice` counts: a thread that waits for others gets a tenth of what they get. */
const LOW = 10;

/**
 * Lets the other threads of the machine go before the calling one. Only Linux has priorities of threads;
 * where it cannot be done, nothing happens.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    // "PID/task/TID"
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), LOW);
  } catch {
    // Without /proc it keeps the priority of the process.
  }
}
