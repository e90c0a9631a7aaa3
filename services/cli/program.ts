import addCompletion from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { ENGINE_VERSION } from '../world/spec/spec.ts';
import { addColonyCommands } from './colony/colony-program.ts';
import { addDoctorCommand } from './doctor/doctor-program.ts';
import { addEventCommands } from './events/event-program.ts';
import { addExportCommands } from './export/export-program.ts';
import { addLocalCommand } from './local/local-program.ts';
import { addPictureCommands } from './pictures/pictures-program.ts';
import { addProxyCommand } from './proxy/proxy-program.ts';
import { addReplayCommands } from './replay/replay-program.ts';
import { addStatsCommand } from './stats/stats-program.ts';
import { addStoreCommands } from './store/store-program.ts';
import type { Output } from './terminal/output.ts';

/** The `colony` command with all that it can do; it throws CommanderError and CliError. */
export function createProgram(output: Output): Command {
  const program = new Command('colony')
    .description('Starts, watches, drives and verifies a distributed artificial-life colony.')
    .version(`distributed-colony ${packageJson.version} (engine version ${ENGINE_VERSION})`)
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
  1  the colony refused, failed, or differs; for doctor: there is a problem
  2  wrong usage, also where the colony finds it (HTTP 400), or something around it is missing:
     nothing listens, a port is in use

Examples:
  $ colony local --backends 2 --width 500 --height 500
  $ colony status
  $ colony verify --to 1000
  $ colony digest --seed 1 --width 500 --height 500 --ticks 1000`,
    );
  addLocalCommand(program, output);
  addColonyCommands(program, output);
  addEventCommands(program, output);
  addDoctorCommand(program, output);
  addProxyCommand(program, output);
  addReplayCommands(program, output);
  addPictureCommands(program, output);
  addExportCommands(program, output);
  addStatsCommand(program, output);
  addStoreCommands(program, output);
  // Last: it reads what the others have declared.
  addCompletion(program, { completionCommandName: 'completion' });
  return program;
}
