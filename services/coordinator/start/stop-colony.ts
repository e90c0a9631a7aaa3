import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { StopAnswer } from '../../protocol/api/public-api.ts';
import { ColonyError } from '../../protocol/common/errors.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';

/** How often a stop is tried when the record changes under it. */
const ATTEMPTS = 5;

/** `POST /colony-stop`, at any coordinator. It names the instance, so that a late stop cannot hit another one. */
export async function stopColony(
  o: { store: ColonyRecords; context: CoordinatorContext; log: Log; onStopped: () => void },
  colonyInstanceId: string,
): Promise<StopAnswer> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await o.store.read();
    o.context.initializeWithStoredInfo(seen);
    const stoppedBefore = Object.values(seen.retired).some(
      (retired) => retired.colonyInstanceId === colonyInstanceId,
    );
    if (stoppedBefore) {
      return {
        status: 'stopped',
        message: 'Colony already stopped (idempotent)',
        colonyInstanceId,
      };
    }
    if (seen.colonyInstanceId === undefined) {
      throw new ColonyError('COLONY_NOT_STARTED', 'there is no colony to stop');
    }
    if (seen.colonyInstanceId !== colonyInstanceId) {
      throw new ColonyError(
        'COLONY_INSTANCE_MISMATCH',
        `colony ${seen.colonyInstanceId} is there, not ${colonyInstanceId}`,
        { extra: { colonyInstanceId: seen.colonyInstanceId } },
      );
    }
    const { ok, record } = await o.store.stop(seen);
    o.context.initializeWithStoredInfo(record);
    if (ok) {
      o.log.info({ colonyInstanceId, generation: record.generation }, 'colony stopped');
      o.onStopped();
      return { status: 'stopped', message: 'Colony stopped', colonyInstanceId };
    }
  }
  throw new ColonyError('STORE_UNAVAILABLE', 'the record kept changing while it was to be stopped');
}
