import { type Command, Option } from 'commander';
import { LOCAL_BACKENDS_MAX } from '../../local/local-settings.ts';
import { THREADS_MAX } from '../../platform/config/backend-config.ts';
import { CHECKPOINT_INTERVAL_SECONDS } from '../../platform/config/coordinator-config.ts';
import { LOG_LEVELS } from '../../platform/observability/pino-log.ts';
import { DEFAULT_WORLD_SPEC } from '../../world/spec/spec.ts';
import { exitWith, JSON_FLAG, withWorld } from '../client/command-options.ts';
import { integerIn, parseFolder, parseName, parsePaceFlag } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { localCommand } from './local.command.ts';
import type { LocalOptions } from './local-options.ts';

const COORDINATORS_MAX = 8;

/** What commander makes of the flags. */
type LocalFlags = Omit<LocalOptions, 'given' | 'pace'> & { pace: number | 'unlimited' };

/** `colony local`, which is also `npm start`. */
export function addLocalCommand(program: Command, output: Output): void {
  const command = program
    .command('local')
    .description('run a whole colony on this machine: store, coordinators, backends')
    .option('--backends <n>', 'backend processes', integerIn(1, LOCAL_BACKENDS_MAX), 4)
    .option(
      '--threads <n>',
      'threads that tick in each backend (default: the processors, shared among the backends)',
      integerIn(1, THREADS_MAX),
    )
    .option('--coordinators <n>', 'coordinator processes', integerIn(1, COORDINATORS_MAX), 1)
    .option(
      '--port <port>',
      'port of the first coordinator, 0 for any free one; further ones take the next free ports',
      integerIn(0, 65_535),
      8083,
    )
    .option('--data-dir <dir>', 'folder of record, registry and logs', parseFolder, '.colony')
    .option('--name <name>', 'name of the colony', parseName, 'colony');
  withWorld(command, { defaults: DEFAULT_WORLD_SPEC })
    .option('--no-random-events', 'a world that throws no events but injected ones')
    .option('--pace <ticks-per-second>', "how fast it runs, or 'unlimited'", parsePaceFlag, 60)
    .option(
      '--checkpoint-interval-seconds <s>',
      'how much time of ticking lies between two checkpoints, at least (default: 10)',
      integerIn(...CHECKPOINT_INTERVAL_SECONDS),
    )
    .addOption(
      new Option('--log-level <level>', 'what goes into the logs')
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .option(...JSON_FLAG)
    .option('--no-colony-start', 'wait for a colony-start request instead of sending one')
    .addHelpText(
      'after',
      `
The world flags are the spec of a start that carries none; a colony that is resumed keeps its own. It
keeps its pace and its number of backends too, unless --pace or --backends is given.

Examples:
  $ npm start
  $ npm start -- --backends 2 --width 500 --height 500 --pace unlimited
  $ npm start -- --port 9000 --data-dir /tmp/other --seed 7`,
    )
    .action(({ pace: paceFlag, ...rest }: LocalFlags) => {
      const options = { ...rest, pace: paceFlag === 'unlimited' ? null : paceFlag };
      const names = Object.keys(options) as LocalOptions['given'];
      const given = names.filter((name) => command.getOptionValueSource(name) === 'cli');
      return exitWith(localCommand({ ...options, given }, output));
    });
}
