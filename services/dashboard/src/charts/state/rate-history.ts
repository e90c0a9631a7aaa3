import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { ColonyView } from '../../../../protocol/api/public-api.ts';
import { type RateSample, withRate } from '../data/rate-history.ts';

/** How fast the world was seen to tick, since the page was opened. */
export const rates = signal<readonly RateSample[]>([]);

/** Notes the pace at every look at the colony. @returns what ends it */
export function followRates(colony: ReadonlySignal<ColonyView | undefined>): () => void {
  let instance: string | null | undefined;
  return effect(() => {
    const view = colony.value;
    if (view === undefined) return;
    const before = view.colonyInstanceId === instance ? rates.peek() : [];
    instance = view.colonyInstanceId;
    const { tick, ticksPerSecond } = view;
    rates.value =
      tick === null || tick === before.at(-1)?.tick
        ? before
        : withRate(before, { tick, ticksPerSecond: ticksPerSecond.achieved });
  });
}
