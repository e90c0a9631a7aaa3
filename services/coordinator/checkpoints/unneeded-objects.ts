import type { SnapshotInfo } from '../../platform/snapshots/snapshot-store.ts';
import {
  attemptOf,
  type CheckpointAttempt,
  checkpointFolders,
} from '../../protocol/checkpoint/manifest.ts';

/** The objects of a stopped colony stay for so long: somebody may still look at them. */
const STOPPED_MS = 3_600_000;

/** What the objects of a colony are needed for. */
export interface Needs {
  colonyInstanceId: string;
  /** Checkpoints whose objects are needed: those that are kept, those that leave, the origin of the topology. */
  checkpoints: readonly CheckpointAttempt[];
  /** The epoch of the leader that asks. */
  epoch: number;
  /** The tick of the newest checkpoint whose manifest can be read; −1 for none. */
  newestTick: number;
  /** What this leader writes, or may be having written still, is of this tick or a later one. */
  writingFromTick: number;
}

/**
 * The keys that nobody needs any more: checkpoints that have left, attempts that led to nothing, and all of an
 * instance that has been stopped for an hour. What this leader may be having written right now stays, and so does
 * all of a later epoch: this leader may be a former one. A whole checkpoint beyond the newest one stays until there is
 * a newer one: it could not be restored, but another build may be able to. Pure.
 *
 * @param objects all below the folder of the colony
 * @param needs undefined: no colony is started.
 * @param nowMs epoch milliseconds
 */
export function unneededObjects(
  colonyName: string,
  objects: readonly SnapshotInfo[],
  needs: Needs | undefined,
  nowMs: number,
): string[] {
  const root = checkpointFolders.colony(colonyName);
  const byInstance = new Map<string, SnapshotInfo[]>();
  for (const object of objects) {
    const instance = object.key.slice(root.length).split('/')[0] ?? '';
    const there = byInstance.get(instance);
    if (there === undefined) byInstance.set(instance, [object]);
    else there.push(object);
  }
  return [...byInstance].flatMap(([instance, own]) => {
    if (instance === needs?.colonyInstanceId) {
      const folder = checkpointFolders.instance(colonyName, instance);
      const paths = own.map(({ key }) => key.slice(folder.length));
      const whole = new Set(
        paths.flatMap((path) => /^(.*\/)manifest\.json$/.exec(path)?.[1] ?? []),
      );
      return own.filter((_, i) => !isNeeded(paths[i] ?? '', whole, needs)).map(keyOf);
    }
    const isRecent = own.some(({ modifiedMs }) => nowMs - modifiedMs < STOPPED_MS);
    return isRecent ? [] : own.map(keyOf);
  });
}

/**
 * @param path below the folder of the instance
 * @param whole the folders that have a manifest
 */
function isNeeded(path: string, whole: ReadonlySet<string>, needs: Needs): boolean {
  const { checkpoints, epoch, newestTick, writingFromTick } = needs;
  const attempt = attemptOf(path);
  // Nothing of ours has such a name.
  if (attempt === undefined) return true;
  const isBeyond = attempt.tick > newestTick && whole.has(/^.*?\/.*?\//.exec(path)?.[0] ?? '');
  return (
    isBeyond ||
    attempt.epoch > epoch ||
    (attempt.epoch === epoch && attempt.tick >= writingFromTick) ||
    checkpoints.some((one) => isSame(one, attempt))
  );
}

const isSame = (a: CheckpointAttempt, b: CheckpointAttempt): boolean =>
  a.tick === b.tick && a.epoch === b.epoch && a.topologyVersion === b.topologyVersion;

const keyOf = ({ key }: SnapshotInfo): string => key;
