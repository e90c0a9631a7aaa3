import type { Command } from 'commander';
import { type Look, lookApart } from '../../local/store-look.ts';
import { exitWith, JSON_FLAG } from '../client/command-options.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { parseFolder } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { storeAcceptCommand, storeCheckCommand, storeDiscardCommand } from './store.commands.ts';

/** `colony store`: the store of a data folder on which no launch runs. */
export function addStoreCommands(program: Command, output: Output): void {
  const store = program
    .command('store')
    .description(
      'look at the store of a data folder that no launch uses, or give up what was lost of it',
    );
  const add = (
    name: string,
    description: string,
    run: (
      dataDir: string,
      output: Output,
      options: { force?: boolean; json?: boolean; look: Look },
    ) => Promise<ExitCode>,
  ) =>
    store
      .command(name)
      .description(description)
      .option('--data-dir <dir>', 'the data folder', parseFolder, '.colony')
      .option(...JSON_FLAG)
      .action(({ dataDir, ...options }: { dataDir: string; force?: boolean; json?: boolean }) =>
        exitWith(run(dataDir, output, { ...options, look: lookApart() })),
      );

  add(
    'check',
    'say what is stored, and whether a launch can use it; changes nothing',
    storeCheckCommand,
  );
  add('accept', 'go on with the older state that is there, if it is whole', storeAcceptCommand);
  add(
    'discard',
    'put the store aside, so that the next launch begins a new colony',
    storeDiscardCommand,
  ).option('--force', 'also a store that a launch can use');
}
