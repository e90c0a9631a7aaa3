import type { CellPacker } from '../../kernel/packing/cell-packer.ts';
import { KernelThreadError } from '../../kernel/thread-pool.ts';
import type { SnapshotStore } from '../../platform/snapshots/snapshot-store.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';
import { CompiledReplay, type ReplayMachine } from './compiled-replay.ts';
import { ReferenceReplay } from './reference-replay.ts';
import type { Replay, ReplayOptions } from './replay.ts';

/** The machine that replays, with the memory that it has. */
export interface ReplayHost extends ReplayMachine {
  memoryBytes: number;
  /** Creates what unpacks cells with the compiled kernel. */
  createPacker: () => Pick<CellPacker, 'unpack'>;
  /** Opens the store that has the checkpoints of a colony. */
  openStore: (place: CheckpointPlace) => Promise<Pick<SnapshotStore, 'get' | 'getRange'>>;
}

/** Where checkpoints are: in the data folder of a local colony, or in the bucket of one in AWS. */
export type CheckpointPlace =
  | { readonly dataDir: string }
  | { readonly bucket: string; readonly region: string };

/** What the readable kernel takes: the cell itself and what a tick needs beside it. */
const REFERENCE_BYTES_PER_CELL = 20;

/**
 * Builds a world in this process, in its first state, and closes it after use.
 *
 * @param options.reference with the readable kernel. @default false
 * @throws CliError in one clear line when the world is too large for the memory, or this machine
 * cannot run the compiled kernel.
 */
export async function runReplay<T>(
  spec: WorldSpec,
  options: ReplayOptions & { reference?: boolean | undefined },
  host: ReplayHost,
  use: (world: Replay) => Promise<T>,
): Promise<T> {
  const world = await layReplay(spec, options, host);
  try {
    return await use(world);
  } catch (error) {
    throw error instanceof KernelThreadError ? cannotRun(error) : error;
  } finally {
    await world.close();
  }
}

async function layReplay(
  spec: WorldSpec,
  options: ReplayOptions & { reference?: boolean | undefined },
  host: ReplayHost,
): Promise<Replay> {
  const neededBytes = options.reference
    ? spec.width * spec.height * REFERENCE_BYTES_PER_CELL
    : CompiledReplay.bytesOf(spec, options, host);
  const tooLarge = (there: string, cause?: unknown) =>
    new CliError(
      `A world of ${spec.width} x ${spec.height} does not fit into this process: ` +
        `it needs about ${gigabytes(neededBytes)} GB${there}.`,
      EXIT.usage,
      cause,
    );
  if (neededBytes > host.memoryBytes) {
    throw tooLarge(`, this machine has ${gigabytes(host.memoryBytes)} GB`);
  }
  try {
    if (options.reference) return await ReferenceReplay.create(spec, options, host.clock);
    return await CompiledReplay.create(spec, options, {
      ...host,
      createEngine: () => createEngineOf(host),
    });
  } catch (error) {
    // What one typed array may hold, or one kernel may grow to, is less than what a machine may have.
    if (error instanceof RangeError) throw tooLarge('', error);
    throw error instanceof KernelThreadError ? cannotRun(error) : error;
  }
}

/** Without the compiled kernel there is no engine. */
function createEngineOf({ createEngine }: ReplayHost) {
  try {
    return createEngine();
  } catch (error) {
    throw error instanceof Error && !(error instanceof RangeError) ? cannotRun(error) : error;
  }
}

const cannotRun = (cause: Error): CliError =>
  new CliError(
    `The world cannot be replayed: ${cause.message}. --reference replays it without, in one thread.`,
    EXIT.usage,
    cause,
  );

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0);
