import { availableParallelism, totalmem } from 'node:os';
import type { Command } from 'commander';
import { createEngine } from '../../kernel/create-engine.ts';
import { SystemClock } from '../../platform/runtime/system-clock.ts';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import {
  clientOf,
  exitWith,
  type UrlOptions,
  withUrl,
  withWorld,
} from '../client/command-options.ts';
import { integerIn } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { type DigestOptions, digestCommand } from './digest.command.ts';
import type { ReplayHost } from './run-replay.ts';
import { type VerifyOptions, verifyCommand } from './verify.command.ts';

/** This machine with all its processors. */
function thisMachine(): ReplayHost {
  const threads = availableParallelism();
  return {
    createEngine: () => createEngine('wasm', { threads }),
    threads,
    clock: new SystemClock(),
    memoryBytes: totalmem(),
  };
}

const REFERENCE = [
  '--reference',
  'compute with the readable kernel, in one thread: ten times as slow',
] as const;

/** The commands that compute a world in this process. */
export function addReplayCommands(program: Command, output: Output): void {
  withUrl(program.command('verify'))
    .description('replay the running colony in one process and compare every stored digest')
    .option('--to <tick>', 'compare up to this tick', integerIn(0, TICK_MAX))
    .option(...REFERENCE)
    .addHelpText('after', '\nExample:\n  $ colony verify --url http://127.0.0.1:8083 --to 1000')
    .action((options: VerifyOptions & UrlOptions) =>
      exitWith(verifyCommand(clientOf(options), options, output, thisMachine())),
    );

  withWorld(program.command('digest'), { required: ['seed', 'width', 'height'] })
    .description('print TICK DIGEST of a world in one process: tick 0, every 100th, the last')
    .requiredOption('--ticks <n>', 'the last tick', integerIn(0, TICK_MAX))
    .option('--no-random-events', 'a world that throws no events but those of --events')
    .option('--events <file>', 'injected events, as `colony events --from 0 --json` prints them')
    .option(...REFERENCE)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nWithout --shard-size the world is one piece, of any size.\n\nExample:\n  $ colony digest --seed 1 --width 500 --height 500 --ticks 1000',
    )
    .action((options: DigestOptions) => exitWith(digestCommand(options, output, thisMachine())));
}
