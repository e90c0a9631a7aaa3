import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** As `nice` counts: six times what those get that did not ask for anything. */
const HIGH = -8;

/**
 * Lets this process go before others of the machine, for one that answers people and mostly sleeps. Where
 * the system does not allow it, as to a user without rights, or is no Linux, nothing happens.
 *
 * Linux gives each session the same, however many of its threads want a processor, and lets the priority of
 * a thread count only inside its session. A launch starts each process in a session of its own: so it is the
 * priority of the session that counts.
 *
 * @param sessionFile where Linux takes the priority of the session of a process.
 */
export function raiseProcessPriority(sessionFile = '/proc/self/autogroup'): void {
  if (process.platform !== 'linux') return;
  for (const raise of [
    () => writeFileSync(sessionFile, String(HIGH), { flag: 'r+' }),
    () => setPriority(HIGH),
  ]) {
    try {
      raise();
    } catch {
      // It keeps what it has.
    }
  }
}
