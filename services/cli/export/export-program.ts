import { type Command, InvalidArgumentError, Option } from 'commander';
import { SystemClock } from '../../platform/runtime/system-clock.ts';
import { POINTS_MAX } from '../../protocol/api/series-api.ts';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import { TABLES, type TableName } from '../../protocol/series/tables.ts';
import type { Layer } from '../../world/measuring/layers.ts';
import { clientOf, exitWith, type UrlOptions, withUrl } from '../client/command-options.ts';
import { withPast } from '../replay/past-flags.ts';
import { thisMachine } from '../replay/this-machine.ts';
import { integerIn } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import {
  type ExportLayersOptions,
  exportLayersCommand,
  STATE_LAYERS,
} from './export-layers.command.ts';
import { type ExportPicturesOptions, exportPicturesCommand } from './export-pictures.command.ts';
import {
  type ExportTableOptions,
  exportTableCommand,
  TABLE_FORMATS,
} from './export-table.command.ts';

function parseLayers(text: string): Layer[] {
  const names = text.split(',');
  const layers = STATE_LAYERS.filter((layer) => names.includes(layer));
  if (layers.length === names.length) return layers;
  throw new InvalidArgumentError(`Expected some of ${STATE_LAYERS.join(', ')}, with commas.`);
}

const TABLE_TEXTS: Readonly<Record<TableName, string>> = {
  statistics: 'write what was measured through time as a table',
  surveys: 'write how the world was made up through time as a table',
};

const tick = integerIn(0, TICK_MAX);

const withRange = (command: Command): Command =>
  command
    .option('--from <tick>', 'the first tick (default: 0)', tick)
    .option('--to <tick>', 'the last tick (default: the newest)', tick);

/** The commands that write what a colony was into files of other programs. */
export function addExportCommands(program: Command, output: Output): void {
  const exporting = program
    .command('export')
    .description('write statistics, surveys, pictures or cells into files for other programs');

  for (const { name } of TABLES) {
    withRange(withUrl(exporting.command(name)))
      .description(TABLE_TEXTS[name])
      .addOption(new Option('--format <name>', 'of the file').choices(TABLE_FORMATS).default('csv'))
      .option('--points <n>', 'at most so many rows', integerIn(1, POINTS_MAX), POINTS_MAX)
      .option('--out <file>', `where to write it (default: ${name}.FORMAT)`)
      .addHelpText('after', `\nExample:\n  $ colony export ${name} --from 10000 --out run.csv`)
      .action((options: ExportTableOptions & UrlOptions) =>
        exitWith(exportTableCommand(clientOf(options), name, options, output)),
      );
  }

  withRange(withUrl(exporting.command('pictures')))
    .description('write the stored pictures, one by one or as an animation')
    .addOption(
      new Option('--format <name>', 'a folder of PNGs, or one animated PNG')
        .choices(['png', 'apng'])
        .default('png'),
    )
    .option('--frames-per-second <n>', 'of an animation', integerIn(1, 60), 10)
    .option('--out <path>', 'where to write them (default: pictures, or pictures.apng)')
    .addHelpText('after', '\nExample:\n  $ colony export pictures --format apng --out life.apng')
    .action((options: ExportPicturesOptions & UrlOptions) =>
      exitWith(
        exportPicturesCommand(clientOf(options), options, output, { clock: new SystemClock() }),
      ),
    );

  withPast(withUrl(exporting.command('layers')))
    .description('write the cells of past ticks as arrays (Zarr), by replay')
    .requiredOption('--tick <tick>', 'the first tick', tick)
    .option('--to <tick>', 'the last tick (default: the first)', tick)
    .option('--every <ticks>', 'from one tick to the next', integerIn(1, TICK_MAX), 100)
    .option('--layers <names>', 'which, with commas', parseLayers, STATE_LAYERS)
    .option('--out <dir>', 'where to write them (default: layers-TICK.zarr)')
    .addHelpText(
      'after',
      '\nExample:\n  $ colony export layers --tick 48000 --to 49000 --layers food,size',
    )
    .action((options: ExportLayersOptions & UrlOptions) =>
      exitWith(exportLayersCommand(clientOf(options), options, output, thisMachine())),
    );
}
