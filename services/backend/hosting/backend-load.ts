import type { ProcessUsage } from '../../platform/observability/process-usage.ts';
import type { BackendLoad } from '../../protocol/wire/backend-load.ts';
import type { Holding } from './holding.ts';

/** What a backend says of its process and of its waits, in whole milliseconds. Pure. */
export function backendLoad(
  uptimeMs: number,
  { memoryBytes, processorMs }: ProcessUsage,
  { computedTicks, waitedMs }: Pick<Holding, 'computedTicks' | 'waitedMs'>,
): BackendLoad {
  const { halos, horizon, pace, samples } = waitedMs;
  return {
    uptimeMs: Math.round(uptimeMs),
    memoryBytes,
    processorMs: Math.round(processorMs),
    computedTicks,
    waitedMs: {
      halos: Math.round(halos),
      horizon: Math.round(horizon),
      pace: Math.round(pace),
      samples: Math.round(samples),
    },
  };
}
