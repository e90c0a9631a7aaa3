import { totalmem } from 'node:os';
import { DIGEST_EVERY_TICKS } from '../../protocol/colony/sampling.ts';
import { formatDigest } from '../../world/measuring/digest.ts';
import { SingleWorld, type SingleWorldOptions } from '../../world/single-world.ts';
import type { WorldSpec } from '../../world/spec/spec.ts';
import { CliError, EXIT } from '../terminal/exit-codes.ts';

/** Called between ticks, every so often: pending signals and output get their turn. */
export type OnProgress = (tick: number) => Promise<void> | void;

/** Ticks between two calls of OnProgress: about 100 ms of work, at most one digest's worth. */
function ticksPerTurn(spec: WorldSpec): number {
  const ticks = Math.floor(2_000_000 / (spec.width * spec.height));
  return Math.min(DIGEST_EVERY_TICKS, Math.max(1, ticks));
}

/** The cell itself and what a tick needs beside it. */
const BYTES_PER_CELL = 20;

/** Builds a world in this process; one clear line when it is too large for the memory. */
export function layWorld(
  spec: WorldSpec,
  options: SingleWorldOptions = {},
  memoryBytes: number = totalmem(),
): SingleWorld {
  const { width, height } = spec;
  const neededBytes = width * height * BYTES_PER_CELL;
  if (neededBytes > memoryBytes) {
    throw tooLarge(spec, `, this machine has ${gigabytes(memoryBytes)} GB`);
  }
  try {
    return new SingleWorld(spec, options);
  } catch (error) {
    // What one typed array may hold is less than what a machine may have.
    if (error instanceof RangeError && /alloc|length/i.test(error.message)) throw tooLarge(spec);
    throw error;
  }
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0);

function tooLarge({ width, height }: WorldSpec, there = ''): CliError {
  const needed = gigabytes(width * height * BYTES_PER_CELL);
  return new CliError(
    `A world of ${width} x ${height} does not fit into this process: it needs about ${needed} GB${there}.`,
    EXIT.usage,
  );
}

/** Ticks the world up to a tick and answers its digest there. */
export async function replayTo(
  world: SingleWorld,
  tick: number,
  onProgress: OnProgress = () => {},
): Promise<string> {
  const turn = ticksPerTurn(world.spec);
  while (world.tick < tick) {
    for (let i = 0; i < turn && world.tick < tick; i++) world.step();
    await onProgress(world.tick);
  }
  return formatDigest(world.digest());
}

/** Ticks at which `colony digest` prints: 0, every 100th, and the last. */
export function* digestTicks(lastTick: number): Generator<number> {
  for (let tick = 0; tick < lastTick; tick += DIGEST_EVERY_TICKS) yield tick;
  yield lastTick;
}
