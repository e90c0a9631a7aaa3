import type { Grants } from '../../../../services/coordinator/ticking/grants.ts';
import type { Progress } from '../../../../services/coordinator/ticking/horizon.ts';
import type { Ticker } from '../../../../services/coordinator/ticking/ticker.ts';

/** The part of a ticker that steers, whose backends never acknowledge that they run less far. */
export const fakeTicker = (grants: Grants, progress: Progress): Ticker =>
  ({
    progress,
    maxTick: progress.maxTick,
    nudge() {},
    async hold() {
      return { granted: grants.granted, release: grants.freeze() };
    },
  }) as Partial<Ticker> as Ticker;
