import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import type { Driver } from '../driver/driver.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';

/** The started colony that this leader drives; throws the refusal where there is none to change. */
export function drivenColony({ driver, context }: { driver: Driver; context: CoordinatorContext }) {
  const record = context.storedInfo();
  const { driving } = driver;
  if (record.status !== 'TopographyInitialized') {
    throw new ColonyError('COLONY_NOT_STARTED', `the colony is ${record.status}`);
  }
  if (driving === undefined) {
    throw new ColonyError('NO_LEADER', 'the leader has not taken up the started colony yet');
  }
  try {
    driving.scope.check();
  } catch (cause) {
    throw new ColonyError('NO_LEADER', messageOf(cause), { cause });
  }
  if (record.fault !== undefined) throw new ColonyError('COLONY_FAILED', record.fault.reason);
  return { ...driving, record };
}
