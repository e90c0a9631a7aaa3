import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { CliError, EXIT } from './terminal/exit-codes.ts';
import { endWithReader } from './terminal/lost-reader.ts';
import { createOutput } from './terminal/output.ts';

let isForProgram = false;
const output = createOutput(process.stdout, process.stderr, () => isForProgram);
const program = createProgram(output);

let running: string | undefined;
program.hook('preAction', (_program, command) => {
  running = command.name();
  isForProgram = command.opts()['json'] === true;
});
endWithReader(process, () => running);

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
