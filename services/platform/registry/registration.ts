import type { RegistryEntry, Role } from '../../protocol/wire/registry-entry.ts';
import type { Log } from '../observability/log.ts';
import type { LastContact } from '../process/last-contact.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Randomness } from '../runtime/randomness.ts';
import type { Registry } from './registry.ts';

export const REASSERT_EVERY_MS = 30_000;
const RETRY = { firstMs: 2_000, mostMs: REASSERT_EVERY_MS };
/** The error of the parameter store when it is asked too often: it answers, and would take the entry. */
const THROTTLED = 'ThrottlingException';

/**
 * Keeps a process in the registry. It writes the entry (call it after listening), checks every 30 s and
 * writes it again if it is missing. Once the signal is aborted it removes the entry and returns. If the
 * registry does not answer, it logs that and tries again, while the process goes on.
 */
export async function keepRegistered(
  registry: Registry,
  role: Role,
  entry: RegistryEntry,
  parts: { clock: Clock; randomness: Randomness; log: Log; contact?: LastContact },
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, contact } = parts;
  const { bootId } = entry;
  const backoff = new Backoff(parts, RETRY);
  let isFirst = true;
  while (!signal.aborted) {
    try {
      const isMissing = isFirst || !(await registry.has(role, bootId));
      if (isMissing && !signal.aborted) {
        await registry.put(role, entry);
        log.info({ role, bootId }, isFirst ? 'Registered.' : 'Registered again: was missing.');
      }
      contact?.reached();
      isFirst = false;
      backoff.reset();
      await clock.sleep(REASSERT_EVERY_MS, signal).catch(() => undefined);
    } catch (err) {
      if ((err as Error).name === THROTTLED) contact?.reached();
      log.warn({ role, bootId, err }, 'The registry does not answer; trying again.');
      await backoff.pause(signal);
    }
  }
  try {
    await registry.remove(role, bootId);
  } catch (err) {
    log.warn({ role, bootId, err }, 'The registry entry could not be removed.');
  }
}
