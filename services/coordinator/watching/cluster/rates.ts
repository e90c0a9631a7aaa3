import type { WaitingView } from '../../../protocol/api/cluster-api.ts';
import type { BackendLoad } from '../../../protocol/wire/backend-load.ts';

/** What a backend did between two looks at it. */
export interface Rates {
  ticksPerSecond: number;
  waiting: WaitingView;
  /** Processors kept busy. */
  processors: number;
}

/** Rates by the backend's own clock; undefined if it has not told more since. Pure. */
export function ratesBetween(before: BackendLoad | undefined, now: BackendLoad): Rates | undefined {
  if (before === undefined) return undefined;
  const ms = now.uptimeMs - before.uptimeMs;
  if (ms <= 0) return undefined;
  const perMs = (from: number, to: number) => Math.max(0, to - from) / ms;
  const share = (wait: keyof WaitingView) =>
    round(Math.min(1, perMs(before.waitedMs[wait], now.waitedMs[wait])));
  return {
    ticksPerSecond: round(1000 * perMs(before.computedTicks, now.computedTicks)),
    waiting: {
      halos: share('halos'),
      horizon: share('horizon'),
      pace: share('pace'),
      samples: share('samples'),
    },
    processors: round(perMs(before.processorMs, now.processorMs)),
  };
}

/** To three decimals, which is more than is known. */
const round = (value: number): number => Math.round(value * 1000) / 1000;
