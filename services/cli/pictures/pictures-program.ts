import { type Command, Option } from 'commander';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import { LAYERS } from '../../world/measuring/layers.ts';
import { WORLD_BOUNDS } from '../../world/spec/spec.ts';
import { clientOf, exitWith, type UrlOptions, withUrl } from '../client/command-options.ts';
import { withPast } from '../replay/past-flags.ts';
import { thisMachine } from '../replay/this-machine.ts';
import { integerIn } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { type FrameOptions, frameCommand } from './frame.command.ts';

const SIDE_MAX = Math.max(WORLD_BOUNDS.width[1], WORLD_BOUNDS.height[1]);

/** The part of the world that is shown. */
function withPart(command: Command): Command {
  const side = (least: number) => integerIn(least, SIDE_MAX);
  return command
    .option('--x <n>', 'first column of cells (default: 0)', side(0))
    .option('--y <n>', 'first row of cells (default: 0)', side(0))
    .option('--width <n>', 'cells from west to east (default: up to the edge)', side(1))
    .option('--height <n>', 'cells from north to south (default: up to the edge)', side(1))
    .option(
      '--scale <n>',
      'one pixel stands for n x n cells (default: so that no side has more than 1024 pixels)',
      side(1),
    );
}

/** The commands that write pictures. */
export function addPictureCommands(program: Command, output: Output): void {
  withPast(withPart(withUrl(program.command('frame'))))
    .description('write a picture of the world as a PNG, as it is or as it was at any past tick')
    .option('--tick <tick>', 'a past tick (default: the present)', integerIn(0, TICK_MAX))
    .addOption(new Option('--layer <name>', 'what to show').choices(LAYERS).default('colour'))
    .option('--out <file>', 'where to write it (default: frame-TICK.png)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ colony frame\n  $ colony frame --tick 48000 --layer health --out health.png\n  $ colony frame --tick 48000 --x 100 --y 200 --width 64 --height 64',
    )
    .action((options: FrameOptions & UrlOptions) =>
      exitWith(frameCommand(clientOf(options), options, output, thisMachine())),
    );
}
