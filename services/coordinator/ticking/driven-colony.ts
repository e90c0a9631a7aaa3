import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { StoredSpec } from '../../protocol/colony/spec.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import type { ColonyRecord } from '../../protocol/record/colony-record.ts';
import type { TableName } from '../../protocol/series/tables.ts';
import type { Checkpointer } from '../checkpoints/checkpointer.ts';
import type { EventKeeper } from '../events/event-keeper.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { Grants } from './grants.ts';
import type { DigestSink } from './journal/digest-sink.ts';
import type { LatestStatistics } from './journal/latest-statistics.ts';
import type { SeriesSink } from './journal/series-sink.ts';
import type { PlannedMoves } from './planned-moves.ts';
import type { Ticker } from './ticker.ts';

/** A started colony that this coordinator drives, with all that is needed to control and show it. */
export interface DrivenColony {
  stored: StoredSpec;
  ticker: Ticker;
  digests: DigestSink;
  statistics: LatestStatistics;
  /** What makes the rows of each table durable. */
  rows: Readonly<Record<TableName, Pick<SeriesSink, 'waiting'>>>;
  grants: Grants;
  keeper: EventKeeper;
  /** undefined: no checkpoints are taken. */
  checkpointer: Checkpointer | undefined;
  /** undefined: shards cannot be moved without checkpoints. */
  moves: PlannedMoves | undefined;
  scope: ColonyScope;
}

/**
 * Where to find the colony that is driven now, or the parts of it that are needed; undefined while this
 * coordinator drives none.
 */
export interface DrivenColonySource<Part extends keyof DrivenColony = keyof DrivenColony> {
  readonly driving: Pick<DrivenColony, Part> | undefined;
}

/**
 * The started colony that this leader drives.
 *
 * @throws COLONY_NOT_STARTED, NO_LEADER or COLONY_FAILED if it cannot be changed.
 */
export function requireDrivenColony<Part extends keyof DrivenColony>({
  driver,
  context,
}: {
  driver: DrivenColonySource<Part | 'scope'>;
  context: CoordinatorContext;
}): Pick<DrivenColony, Part | 'scope'> & { record: ColonyRecord } {
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

/**
 * The same by the record as it is now: for answers that write nothing, by which a stop elsewhere would go
 * unnoticed. Throws STORE_UNAVAILABLE too.
 */
export async function confirmDrivenColony<Part extends keyof DrivenColony>(
  options: Parameters<typeof requireDrivenColony<Part>>[0] & { store: Pick<ColonyRecords, 'read'> },
): Promise<ReturnType<typeof requireDrivenColony<Part>>> {
  options.context.initializeWithStoredInfo(await options.store.read());
  return requireDrivenColony(options);
}
