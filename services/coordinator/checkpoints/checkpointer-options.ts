import type { Log } from '../../platform/observability/log.ts';
import type { ColonyRecords } from '../../platform/record/colony-records.ts';
import type { Clock } from '../../platform/runtime/clock.ts';
import type { Randomness } from '../../platform/runtime/randomness.ts';
import type { DigestLog } from '../../platform/series/digest-log.ts';
import type { CoordinatorCount } from '../metrics/coordinator-metrics.ts';
import type { CoordinatorContext } from '../term/coordinator-context.ts';
import type { StageHook } from '../term/stages.ts';
import type { CheckpointPictures } from './attempt.ts';
import type { CheckpointArchive } from './checkpoint-archive.ts';
import type { CheckpointSettings } from './checkpoint-schedule.ts';

export interface CheckpointerOptions extends CheckpointSettings {
  archive: CheckpointArchive;
  store: Pick<ColonyRecords, 'setCheckpoint'>;
  digests: Pick<DigestLog, 'list'>;
  context: CoordinatorContext;
  clock: Clock;
  randomness: Randomness;
  log: Log;
  hook: StageHook;
  count?: CoordinatorCount | undefined;
  /** Makes pictures of checkpoints. @default none are made */
  pictures?: CheckpointPictures | undefined;
}
