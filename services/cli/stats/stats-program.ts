import { type Command, Option } from 'commander';
import { POINTS_MAX } from '../../protocol/api/series-api.ts';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import { clientOf, exitWith, type UrlOptions, withUrl } from '../client/command-options.ts';
import { watchingOf } from '../client/watching-client.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { integerIn } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { createScreen } from '../terminal/screen.ts';
import { type StatsOptions, statsCommand, watchStatsCommand } from './stats.command.ts';

const LOOK_EVERY_MS = 2_000;

/** `colony stats`. */
export function addStatsCommand(program: Command, output: Output): void {
  const tick = integerIn(0, TICK_MAX);
  withUrl(program.command('stats'))
    .description('show how the colony did through time: population, births, deaths, means, food')
    .option('--from <tick>', 'the first tick; the first of its life without it', tick)
    .option('--to <tick>', 'the last tick; the newest without it', tick)
    .option('--points <n>', `at most so many rows (1 to ${POINTS_MAX})`, integerIn(1, POINTS_MAX))
    .addOption(new Option('--csv', 'print the rows as CSV').conflicts(['json', 'watch']))
    .option('--watch', 'go on, in place on a terminal, else by a line a row; Ctrl-C ends it')
    .addHelpText(
      'after',
      '\nExamples:\n  $ colony stats --from 10000 --to 20000\n  $ colony stats --csv --points 10000 > colony.csv',
    )
    .action((options: StatsOptions & UrlOptions & { watch?: boolean }) =>
      exitWith(
        options.watch
          ? watchStats(options, output)
          : statsCommand(clientOf(options), options, output, columnsOf()),
      ),
    );
}

const columnsOf = (): number | undefined =>
  process.stdout.isTTY ? process.stdout.columns : undefined;

function watchStats(options: StatsOptions & UrlOptions, output: Output): Promise<ExitCode> {
  const { client, ...watching } = watchingOf(options, { everyMs: LOOK_EVERY_MS });
  return watchStatsCommand(client, options, output, {
    ...watching,
    columns: columnsOf,
    ...(process.stdout.isTTY && { draw: createScreen(process.stdout) }),
  });
}
