import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';

/**
 * A request that is refused only by the record as it is. The leader knows the record that it wrote or read last;
 * somebody may have been told of a later one: a stop at another coordinator, or a write of the leader whose answer
 * was lost.
 *
 *     client       stop at B ── 200        step at A
 *     A, leads     knows "not paused" ───────┼ refused: reads ── gone: COLONY_NOT_STARTED
 *
 * @param request carried out once more where the record has changed since it began; it must have done nothing when
 * it throws a ColonyError below 500. Throws STORE_UNAVAILABLE where the record cannot be read.
 */
export async function confirmedRefusal<T>(
  { store, context }: { store: Pick<ColonyRecords, 'read'>; context: CoordinatorContext },
  request: () => Promise<T>,
): Promise<T> {
  const { revision } = context.storedInfo();
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ColonyError) || error.status >= 500) throw error;
    context.initializeWithStoredInfo(await store.read());
    if (context.storedInfo().revision === revision) throw error;
    return request();
  }
}
