import { setMaxListeners } from 'node:events';

/**
 * Ends with the first of some signals, for work on any number of backends at once: Node takes more than ten who listen
 * to one signal for a leak, and says so in the log.
 */
export function fanOutSignal(signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
}
