/** How fast the world ticked when it was at a tick. */
export interface RateSample {
  tick: number;
  /** null: not known then. */
  ticksPerSecond: number | null;
}

/** Samples that are kept; of more every other one goes. */
const SAMPLES_MAX = 2_000;

/**
 * Takes in what was seen of the pace. A world that stands is not sampled again; one that went back, after a crash or
 * for another colony, forgets what came after. Pure.
 */
export function withRate(history: readonly RateSample[], seen: RateSample): RateSample[] {
  const kept = history.filter(({ tick }) => tick < seen.tick);
  const all = [...kept, seen];
  return all.length <= SAMPLES_MAX
    ? all
    : all.filter((_, i) => i % 2 === 0 || i === all.length - 1);
}
