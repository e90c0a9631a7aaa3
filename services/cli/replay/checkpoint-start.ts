import { fillBlocks } from '../../platform/checkpoints/fill-blocks.ts';
import { assertOfState, readManifest } from '../../platform/checkpoints/read-manifest.ts';
import { createCompression } from '../../platform/snapshots/compression.ts';
import type { CheckpointView } from '../../protocol/api/public-api.ts';
import type { Manifest } from '../../protocol/checkpoint/manifest.ts';
import { ColonyError, messageOf } from '../../protocol/common/errors.ts';
import { unpackCells } from '../../world/cells/packed-cells.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';
import type { ReplayStart } from './replay.ts';
import type { CheckpointPlace, ReplayHost } from './run-replay.ts';

export interface CheckpointReading {
  checkpoint: CheckpointView;
  colonyInstanceId: string;
  spec: WorldSpec;
  place: CheckpointPlace;
  /** With the readable kernel. @default false */
  reference?: boolean | undefined;
  onShards: (shards: number) => void;
  /** What to do about one that is damaged: a sentence. */
  remedy: string;
}

/** The world of a checkpoint, and the digest that its manifest has. */
export interface CheckpointStart {
  readonly tick: number;
  readonly digest: string;
  readonly start: ReplayStart;
}

/**
 * Reads the manifest of a checkpoint, and checks that it is of this colony. The cells are read once there are
 * blocks for them.
 *
 * @throws CliError in one line if it is not there, cannot be read, or is of another world; likewise `fill`.
 */
export async function startOf(
  reading: CheckpointReading,
  host: Pick<ReplayHost, 'openStore' | 'createPacker' | 'clock'>,
): Promise<CheckpointStart> {
  const { checkpoint, place, colonyInstanceId, spec, onShards, remedy } = reading;
  const { manifest: ref, tick } = checkpoint;
  const store = await host.openStore(place);
  let isThere = true;
  const get = async (key: string, maxBytes: number) => {
    const bytes = await store.get(key, maxBytes);
    isThere = bytes !== undefined;
    return bytes;
  };
  const manifest = await readManifest({ get }, ref)
    .then((found) => {
      const { width, height, shardSize } = spec;
      const expected = { colonyInstanceId, tick, width, height, shardSize };
      assertOfState(found, ref.key, expected, 'colony');
      return found;
    })
    .catch((error: unknown) => {
      throw isThere ? asCliError(error, remedy) : notThere(place, tick, error);
    });
  return {
    tick,
    digest: manifest.digest,
    start: {
      origin: { kind: 'state', tick, ...manifest.origin },
      fill: (blocks) => {
        const packer = reading.reference ? { unpack: unpackCells } : host.createPacker();
        return fillBlocks({
          ...{ store, compression: createCompression(), manifest, manifestKey: ref.key },
          ...{ blocks, onShards, shards: allShards(manifest) },
          signal: new AbortController().signal,
          unpack: (packed, cells) => packer.unpack(packed, cells),
          yieldToIo: () => host.clock.yieldToIo(),
        }).catch((error: unknown) => {
          throw asCliError(error, remedy);
        });
      },
    },
  };
}

function allShards({ width, height, shardSize }: Manifest): number[] {
  const shards = (width / shardSize) * (height / shardSize);
  return Array.from({ length: shards }, (_, shard) => shard);
}

function notThere(place: CheckpointPlace, tick: number, cause: unknown): CliError {
  const where =
    'bucket' in place ? `the bucket ${place.bucket}` : `the data folder ${place.dataDir}`;
  return new CliError(
    `The checkpoint of tick ${tick} is not in ${where}: say with --data-dir or --bucket where this colony keeps its checkpoints.`,
    EXIT.usage,
    cause,
  );
}

/** A store that does not answer is something around the colony; a checkpoint that is damaged is its own. */
function asCliError(error: unknown, remedy: string): unknown {
  if (!(error instanceof ColonyError)) return error;
  const what = messageOf(error).replace(/\s+/g, ' ');
  return error.code === 'CHECKPOINT_UNREADABLE'
    ? new CliError(`${what}. ${remedy}`, EXIT.refused, error)
    : new CliError(`${what}.`, EXIT.usage, error);
}
