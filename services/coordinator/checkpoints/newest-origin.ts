import type { TopologyOrigin } from '../../protocol/colony/origin.ts';
import { GENESIS } from '../../world/events/origin.ts';
import type { ColonyScope } from '../term/colony-scope.ts';
import { type CheckpointArchive, originOf } from './checkpoint-archive.ts';

/**
 * Finds where a lost world starts again: in the newest checkpoint that can be read, else at genesis. What it
 * answers throws STORE_UNAVAILABLE while the store is away.
 *
 * @param archive undefined: there are no checkpoints.
 */
export const newestOrigin =
  (archive: CheckpointArchive | undefined) =>
  async (scope: ColonyScope, without: ReadonlySet<string>): Promise<TopologyOrigin> => {
    const { colonyInstanceId = '', checkpoint } = scope.record;
    const newest = await archive?.newest(colonyInstanceId, checkpoint, without);
    return newest === undefined ? GENESIS : originOf(newest);
  };
