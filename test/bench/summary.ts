/** What repeated measurements come to. */
export interface Summary {
  median: number;
  /** The quarters of the runs below and above lie outside. */
  quartiles: [low: number, high: number];
  min: number;
  max: number;
  runs: number;
}

export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] as number;
  const quartiles: [number, number] = [at(0.25), at(0.75)];
  return { median: at(0.5), quartiles, min: at(0), max: at(1), runs: sorted.length };
}

/** CPU time of this process in nanoseconds: what other processes take does not count. */
export function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
