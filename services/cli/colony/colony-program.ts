import type { Command } from 'commander';
import { BACKENDS_MAX } from '../../protocol/common/limits.ts';
import { PACE_BOUNDS } from '../../protocol/record/colony-record.ts';
import {
  clientOf,
  exitWith,
  type UrlOptions,
  withUrl,
  withWorld,
} from '../client/command-options.ts';
import { keyOrNew, parseKey } from '../client/idempotency-key.ts';
import { watchingOf } from '../client/watching-client.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { integerIn, parsePace } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { createScreen } from '../terminal/screen.ts';
import {
  checkpointsCommand,
  rulesCommand,
  runCommand,
  type StartOptions,
  scaleCommand,
  startCommand,
  statusCommand,
  stopCommand,
  topologyCommand,
} from './colony.commands.ts';
import { watchCommand } from './watch.command.ts';

/** The commands that ask a running colony over HTTP. */
export function addColonyCommands(program: Command, output: Output): void {
  withWorld(withUrl(program.command('start')))
    .description('start the colony, exactly once per key, and wait until it is started')
    .option('--key <key>', 'idempotency key; a new one is made without it', parseKey)
    .option('--spec-file <file>', 'colony spec in JSON; the world flags override its fields')
    .option('--no-random-events', 'throw no events but injected ones')
    .option('--timeout <seconds>', 'how long to wait', integerIn(0, 3600), 120)
    .addHelpText('after', '\nExample:\n  $ colony start --key "$(date +%s)" --seed 7')
    .action((options: StartOptions & UrlOptions) =>
      exitWith(startCommand(clientOf(options), options, output)),
    );

  withUrl(program.command('stop'))
    .description('stop the colony; its data stays, its key never starts another one')
    .argument('[instance]', 'colonyInstanceId to stop; the running one without it')
    .action((instance: string | undefined, options: UrlOptions) =>
      exitWith(stopCommand(clientOf(options), instance, options, output)),
    );

  withUrl(program.command('status'))
    .description('show status, phase, tick, pace, population and backends')
    .option('--watch', 'go on, in place on a terminal, else by a line a change; Ctrl-C ends it')
    .action((options: UrlOptions & { watch?: boolean }) =>
      exitWith(
        options.watch
          ? watchStatus(options, output)
          : statusCommand(clientOf(options), options, output),
      ),
    );

  withUrl(program.command('rules'))
    .description('show the rules in force, and what events have changed')
    .action((options: UrlOptions) => exitWith(rulesCommand(clientOf(options), options, output)));

  withUrl(program.command('topology'))
    .description('show which backend owns which shards')
    .action((options: UrlOptions) => exitWith(topologyCommand(clientOf(options), options, output)));

  withUrl(program.command('checkpoints'))
    .description('list the checkpoints that are kept, newest first')
    .action((options: UrlOptions) =>
      exitWith(checkpointsCommand(clientOf(options), options, output)),
    );

  withUrl(program.command('pause'))
    .description('pause the colony and tell the tick at which it stands')
    .action((options: UrlOptions) =>
      exitWith(runCommand(() => clientOf(options).pause(), options, output)),
    );

  withUrl(program.command('resume'))
    .description('let a paused colony run on')
    .action((options: UrlOptions) =>
      exitWith(runCommand(() => clientOf(options).resume(), options, output)),
    );

  withUrl(program.command('step'))
    .description('let a paused colony run a number of ticks')
    .argument('[ticks]', 'how many', integerIn(1, 1_000_000), 1)
    .option(
      '--key <key>',
      'idempotency key, which the next 64 steps leave valid; a new one is made without it',
      parseKey,
    )
    .action((ticks: number, options: UrlOptions & { key?: string }) => {
      const key = keyOrNew(options, 'step', 'Stepping', output);
      return exitWith(runCommand(() => clientOf(options).step(ticks, key), options, output));
    });

  withUrl(program.command('pace'))
    .description('set how fast the colony runs')
    .argument('<ticks-per-second>', `${PACE_BOUNDS.join(' to ')}, or 'unlimited'`, parsePace)
    .action((pace: number | null, options: UrlOptions) =>
      exitWith(runCommand(() => clientOf(options).pace(pace), options, output)),
    );

  withUrl(program.command('scale'))
    .description('ask for another number of backends; shards move to and from them as it ticks')
    .argument('<backends>', `1 to ${BACKENDS_MAX}`, integerIn(1, BACKENDS_MAX))
    .addHelpText('after', '\nExample:\n  $ colony scale 8')
    .action((backends: number, options: UrlOptions) =>
      exitWith(scaleCommand(clientOf(options), backends, options, output)),
    );
}

const LOOK_EVERY_MS = 1_000;

function watchStatus(options: UrlOptions, output: Output): Promise<ExitCode> {
  const { client, signal, pause } = watchingOf(options, { everyMs: LOOK_EVERY_MS });
  return watchCommand(() => client.colony(), options, output, {
    signal,
    pause,
    wallTime: () => new Date().toISOString(),
    ...(process.stdout.isTTY && { draw: createScreen(process.stdout) }),
  });
}
