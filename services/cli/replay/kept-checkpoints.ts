import type { CheckpointView } from '../../protocol/api/public-api.ts';
import { gatewayRegion } from '../client/signed-fetch.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';
import type { CheckpointPlace } from './run-replay.ts';

/** `--from`: the newest checkpoint at a tick or before, or the newest of all. */
export type FromOption = number | 'checkpoint';

const wrong = (what: string) => new CliError(what, EXIT.usage);

export interface CheckpointFlags {
  from?: FromOption;
  /** The data folder of a local colony. @default .colony */
  dataDir?: string;
  /** The bucket of a colony in AWS, instead. */
  bucket?: string;
  /** Of the bucket. @default that of `sign`, or of an API Gateway's own address */
  region?: string;
  sign?: string;
}

/**
 * Where the flags say that the checkpoints are; undefined without `--from`.
 *
 * @param url of the colony.
 * @throws CliError if they do not fit together.
 */
export function checkpointPlace(flags: CheckpointFlags, url: string): CheckpointPlace | undefined {
  if (flags.from === undefined) {
    const flag = (['dataDir', 'bucket', 'region'] as const).find((name) => flags[name]);
    if (flag === undefined) return undefined;
    const name = flag === 'dataDir' ? 'data-dir' : flag;
    throw wrong(`--${name} says where checkpoints are: it goes with --from.`);
  }
  return placeOf(flags, url);
}

/**
 * Where the flags say that a colony keeps its checkpoints: a local one in `.colony` unless they say otherwise.
 *
 * @param url of the colony.
 * @throws CliError if they do not fit together.
 */
export function placeOf(
  flags: Pick<CheckpointFlags, 'dataDir' | 'bucket' | 'region' | 'sign'>,
  url: string,
): CheckpointPlace {
  const { dataDir, bucket, sign } = flags;
  if (bucket === undefined) {
    if (flags.region !== undefined) throw wrong('--region goes with --bucket.');
    return { dataDir: dataDir ?? '.colony' };
  }
  if (dataDir !== undefined) throw wrong('Give either --data-dir or --bucket.');
  const region = flags.region ?? sign ?? gatewayRegion(url);
  if (region === undefined) throw wrong('--bucket needs the --region that it is in.');
  return { bucket, region };
}

/**
 * The checkpoint that `--from` means, of those that are kept.
 *
 * @throws CliError if there is none, or it is later than the last tick to compare at.
 */
export function chooseCheckpoint(
  kept: readonly CheckpointView[],
  from: FromOption,
  to?: number,
): CheckpointView {
  const ascending = [...kept].sort((a, b) => a.tick - b.tick);
  const [oldest] = ascending;
  if (oldest === undefined) {
    throw new CliError('No checkpoint has been taken yet: verify without --from.', EXIT.refused);
  }
  const most = from === 'checkpoint' ? Number.POSITIVE_INFINITY : from;
  const chosen = ascending.findLast(({ tick }) => tick <= most);
  if (chosen === undefined) {
    throw new CliError(
      `No checkpoint of tick ${from} or before is kept, the oldest is of tick ${oldest.tick}: colony checkpoints lists them.`,
      EXIT.refused,
    );
  }
  if (to !== undefined && to < chosen.tick) {
    throw new CliError(
      `--to ${to} is before the checkpoint of tick ${chosen.tick}: choose an earlier one with --from.`,
      EXIT.usage,
    );
  }
  return chosen;
}
