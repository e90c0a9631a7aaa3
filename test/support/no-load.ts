import type { BackendLoad } from '../../services/protocol/wire/backend-load.ts';

/** Of a backend that has done nothing yet. */
export const NO_LOAD: BackendLoad = {
  ...{ uptimeMs: 0, memoryBytes: 0, processorMs: 0, computedTicks: 0 },
  waitedMs: { halos: 0, horizon: 0, pace: 0, samples: 0 },
};
