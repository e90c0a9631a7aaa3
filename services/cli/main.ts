import { Command, CommanderError } from 'commander';
import { ENGINE_VERSION } from '../world/spec/spec.ts';
import { addColonyCommands } from './colony/colony-program.ts';
import { addEventCommands } from './events/event-program.ts';
import { addLocalCommand } from './local/local-program.ts';
import { addProxyCommand } from './proxy/proxy-program.ts';
import { addReplayCommands } from './replay/replay-program.ts';
import { addStoreCommands } from './store/store-program.ts';
import { CliError, EXIT } from './terminal/exit-codes.ts';
import { createOutput } from './terminal/output.ts';

const output = createOutput(process.stdout, process.stderr);

const program = new Command('colony')
  .description('Starts, watches, drives and verifies a distributed artificial-life colony.')
  .version(`engine version ${ENGINE_VERSION}`)
  .configureOutput({
    // One line, whatever commander adds to it.
    outputError: (text, write) =>
      write(
        `${text
          .trim()
          .replace(/^error: /, 'colony: ')
          .replace(/\s*\n\s*/g, ' ')}\n`,
      ),
  })
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes:
  0  done; for verify: bit-identical
  1  the colony refused, failed, or differs
  2  wrong usage, or something around it is missing: nothing listens, a port is in use

Examples:
  $ colony local --backends 2 --width 500 --height 500
  $ colony status
  $ colony verify --to 1000
  $ colony digest --seed 1 --width 500 --height 500 --ticks 1000`,
  );

addLocalCommand(program, output);
addColonyCommands(program, output);
addEventCommands(program, output);
addProxyCommand(program, output);
addReplayCommands(program, output);
addStoreCommands(program, output);

// A reader that has seen enough (`| head`) is no failure; a terminal that is gone is the end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.usage),
  );
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commander has already said what is wrong; 0 is --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) {
    output.note(`colony: ${error.message}`);
    return error.exitCode;
  }
  throw error;
}
