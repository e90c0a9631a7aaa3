/** What is remembered of each backend, as columns. Waits are shares of time. */
export const BACKEND_COLUMNS = [
  'ticksPerSecond',
  'lag',
  'halos',
  'horizon',
  'pace',
  'samples',
  'memoryBytes',
  'processors',
] as const;
export type BackendColumn = (typeof BACKEND_COLUMNS)[number];
