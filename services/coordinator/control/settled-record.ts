import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import { Backoff } from '../../platform/runtime/backoff.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';

/** Nothing is granted meanwhile: the pauses stay short. */
const TRY_AGAIN = { firstMs: 100, mostMs: 500 };

/** To be awaited after a write whose outcome is unknown: settles it, or tries to until the scope ends. */
export async function settledRecord(
  o: { store: ColonyRecords; context: CoordinatorContext; clock: Clock; randomness: Randomness },
  scope: ColonyScope,
): Promise<void> {
  const backoff = new Backoff(o, TRY_AGAIN);
  while (scope.isActive) {
    const written = await o.store.settle(scope.storeTerm).catch(() => undefined);
    if (written !== undefined) {
      o.context.initializeWithStoredInfo(written.record);
      return;
    }
    await backoff.pause(scope.signal);
  }
}
