import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DigestEntry } from '../protocol/sampling.ts';
import { DEFAULT_WORLD_SPEC, type WorldSpec, worldSpecProblem } from '../world/spec.ts';
import { CliError, EXIT, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { digestTicks, layWorld, replayTo } from './replay.ts';

export interface DigestOptions {
  seed: number;
  width: number;
  height: number;
  ticks: number;
  /** Side of the shards in cells; without it the world is one piece. */
  shardSize?: number;
  json?: boolean;
}

/** `colony digest`: `TICK DIGEST` of a world in one process, at tick 0, every 100th, the last. */
export async function digestCommand(options: DigestOptions, output: Output): Promise<ExitCode> {
  const { shardSize } = options;
  const world = layWorld(specOf(options), shardSize === undefined ? {} : { shardSize });
  const entries: DigestEntry[] = [];
  for (const tick of digestTicks(options.ticks)) {
    const digest = await replayTo(world, tick, async (now) => {
      output.progress(`tick ${now} of ${options.ticks}`);
      await nextTurn();
    });
    if (options.json) entries.push({ tick, digest });
    else output.line(`${tick} ${digest}`);
  }
  output.progress('');
  if (options.json) output.json(entries);
  return EXIT.ok;
}

function specOf({ seed, width, height, shardSize }: DigestOptions): WorldSpec {
  const spec = { ...DEFAULT_WORLD_SPEC, seed, width, height };
  // A world in one piece has any size: no square shard need divide it.
  if (shardSize === undefined) return { ...spec, shardSize: Math.min(width, height) };
  const problem = worldSpecProblem({ ...spec, shardSize });
  if (problem !== undefined) throw new CliError(`The world is not valid: ${problem}.`, EXIT.usage);
  return { ...spec, shardSize };
}
