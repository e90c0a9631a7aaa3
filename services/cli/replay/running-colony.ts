import type { ColonyView } from '../../protocol/api/public-api.ts';
import { ENGINE_VERSION, type WorldSpec } from '../../world/spec/spec.ts';
import { grouped } from '../colony/status-text.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';
import type { Output } from '../terminal/output.ts';
import { type CheckpointReading, type CheckpointStart, startOf } from './checkpoint-start.ts';
import { CountProgress } from './count-progress.ts';
import type { ReplayHost } from './run-replay.ts';

/**
 * The colony that a view shows.
 *
 * @param what is to be done with it, as a verb.
 * @throws CliError if there is none, or this build computes another world.
 */
export function runningColony(
  view: ColonyView,
  what: string,
): { colonyInstanceId: string; spec: WorldSpec; tick: number } {
  const { status, colonyInstanceId, spec, engineVersion, tick } = view;
  if (status === 'NotInitialized' || colonyInstanceId === null || spec === null) {
    throw new CliError(`No colony is started: there is nothing to ${what} yet.`, EXIT.refused);
  }
  if (engineVersion !== ENGINE_VERSION) {
    throw new CliError(
      `The colony was started by engine version ${engineVersion}, this is version ${ENGINE_VERSION}: take the version that started it.`,
      EXIT.refused,
    );
  }
  return { colonyInstanceId, spec, tick: tick ?? 0 };
}

/** The start at a checkpoint, which shows how far it has been read. */
export function readStart(
  reading: Omit<CheckpointReading, 'onShards'>,
  output: Output,
  host: ReplayHost,
): Promise<CheckpointStart> {
  const { checkpoint, spec } = reading;
  const shards = (spec.width * spec.height) / spec.shardSize ** 2;
  const what = `reading the checkpoint of tick ${grouped(checkpoint.tick)} · shard`;
  const progress = new CountProgress(output, host.clock, { what, count: shards });
  return startOf({ ...reading, onShards: (filled) => progress.show(filled) }, host);
}

/** @param verdict what was found of the one before, if anything was. */
export function changedMeanwhile(before: string, now: string | null, verdict?: string): CliError {
  const found = verdict === undefined ? '' : ` What was replayed of ${before}: ${verdict}.`;
  return new CliError(
    `The colony changed meanwhile from instance ${before} to ${now ?? 'none'}: do it again.${found}`,
    EXIT.refused,
  );
}
