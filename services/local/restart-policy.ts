/** Delays between restarts of a child that dies, and when a failing child counts as broken. */
export const RESTARTS = { firstMs: 250, mostMs: 10_000, healthyAfterMs: 30_000 } as const;

/** Deaths in a row after which a child is said to keep failing. */
export const KEEPS_FAILING_AFTER = 3;

export interface Restart {
  /** Deaths in a row without a healthy life in between, this one included. */
  deaths: number;
  delayMs: number;
}

/**
 * Decides on the restart of a child that just died.
 *
 * @param deathsBefore in a row, without this one.
 * @param uptimeMs how long it lived; 30 s is healthy and forgets the deaths before.
 */
export function restartAfter(deathsBefore: number, uptimeMs: number): Restart {
  const earlier = uptimeMs >= RESTARTS.healthyAfterMs ? 0 : deathsBefore;
  const delayMs = Math.min(RESTARTS.mostMs, RESTARTS.firstMs * 2 ** Math.min(earlier, 20));
  return { deaths: earlier + 1, delayMs };
}
