import { type Command, InvalidArgumentError } from 'commander';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import {
  clientOf,
  exitWith,
  JSON_FLAG,
  type UrlOptions,
  withUrl,
  withWorld,
} from '../client/command-options.ts';
import { integerIn, parseBucket, parseFolder, parseRegion } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { type DigestOptions, digestCommand } from './digest.command.ts';
import type { FromOption } from './kept-checkpoints.ts';
import { thisMachine } from './this-machine.ts';
import { type VerifyOptions, verifyCommand } from './verify.command.ts';

export const REFERENCE_FLAG = [
  '--reference',
  'compute with the readable kernel, in one thread: ten times as slow',
] as const;

/** A tick, or the word for the newest checkpoint. */
function parseFrom(text: string): FromOption {
  if (text === 'checkpoint') return text;
  try {
    return integerIn(0, TICK_MAX)(text);
  } catch {
    throw new InvalidArgumentError(`Expected a tick from 0 to ${TICK_MAX}, or 'checkpoint'.`);
  }
}

/** The commands that compute a world in this process. */
export function addReplayCommands(program: Command, output: Output): void {
  withUrl(program.command('verify'))
    .description(
      'replay the running colony in one process and compare every stored digest and row of statistics',
    )
    .option('--to <tick>', 'compare up to this tick', integerIn(0, TICK_MAX))
    .option(
      '--from <tick>',
      "replay from the newest checkpoint at this tick or before, with 'checkpoint' from the newest of all",
      parseFrom,
    )
    .option(
      '--data-dir <dir>',
      'with --from: the data folder that has the checkpoints (default: .colony)',
      parseFolder,
    )
    .option('--bucket <name>', 'with --from: the bucket that has them instead', parseBucket)
    .option(
      '--region <region>',
      'the region of the bucket (default: that of --sign or of the address)',
      parseRegion,
    )
    .option(...REFERENCE_FLAG)
    .addHelpText(
      'after',
      '\nExamples:\n  $ colony verify --url http://127.0.0.1:8083 --to 1000\n  $ colony verify --from checkpoint --data-dir .colony',
    )
    .action((options: VerifyOptions & UrlOptions) =>
      exitWith(verifyCommand(clientOf(options), options, output, thisMachine())),
    );

  withWorld(program.command('digest'), { required: ['seed', 'width', 'height'] })
    .description('print TICK DIGEST of a world in one process: tick 0, every 100th, the last')
    .requiredOption('--ticks <n>', 'the last tick', integerIn(0, TICK_MAX))
    .option('--no-random-events', 'a world that throws no events but those of --events')
    .option('--events <file>', 'injected events, as `colony events --from 0 --json` prints them')
    .option(...REFERENCE_FLAG)
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nWithout --shard-size the world is one piece, of any size.\n\nExample:\n  $ colony digest --seed 1 --width 500 --height 500 --ticks 1000',
    )
    .action((options: DigestOptions) => exitWith(digestCommand(options, output, thisMachine())));
}
