import { setMaxListeners } from 'node:events';

/**
 * Ends with the first of some signals, for many who listen at once, as work on each backend or the chores of a leader
 * do: Node takes more than ten for a leak, and says so in the log.
 */
export function fanOutSignal(signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
}
