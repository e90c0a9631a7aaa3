import { type Command, InvalidArgumentError, Option } from 'commander';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import { LAYERS } from '../../world/measuring/layers.ts';
import { WORLD_BOUNDS } from '../../world/spec/spec.ts';
import { clientOf, exitWith, type UrlOptions, withUrl } from '../client/command-options.ts';
import { FROM_GENESIS, type PastOptions } from '../replay/past-world.ts';
import { REFERENCE_FLAG } from '../replay/replay-program.ts';
import { thisMachine } from '../replay/this-machine.ts';
import { integerIn, parseBucket, parseFolder, parseRegion } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import { type FrameOptions, frameCommand } from './frame.command.ts';

const SIDE_MAX = Math.max(WORLD_BOUNDS.width[1], WORLD_BOUNDS.height[1]);

function parseFrom(text: string): PastOptions['from'] & {} {
  if (text === FROM_GENESIS) return text;
  try {
    return integerIn(0, TICK_MAX)(text);
  } catch {
    throw new InvalidArgumentError(`Expected a tick from 0 to ${TICK_MAX}, or '${FROM_GENESIS}'.`);
  }
}

/** What commands have that compute past states. */
function withPast(command: Command): Command {
  return command
    .option(
      '--from <tick>',
      "replay from the newest checkpoint at this tick or before, or from 'genesis' (default: the newest that leads there)",
      parseFrom,
    )
    .option(
      '--data-dir <dir>',
      'the data folder that has the checkpoints (default: .colony)',
      parseFolder,
    )
    .option('--bucket <name>', 'the bucket that has them instead', parseBucket)
    .option(
      '--region <region>',
      'the region of the bucket (default: that of --sign or of the address)',
      parseRegion,
    )
    .option(...REFERENCE_FLAG);
}

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
