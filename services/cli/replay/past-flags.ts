import { type Command, InvalidArgumentError } from 'commander';
import { TICK_MAX } from '../../protocol/common/limits.ts';
import { integerIn, parseBucket, parseFolder, parseRegion } from '../terminal/options.ts';
import { FROM_GENESIS, type PastOptions } from './past-world.ts';
import { REFERENCE_FLAG } from './replay-program.ts';

function parseFrom(text: string): PastOptions['from'] & {} {
  if (text === FROM_GENESIS) return text;
  try {
    return integerIn(0, TICK_MAX)(text);
  } catch {
    throw new InvalidArgumentError(`Expected a tick from 0 to ${TICK_MAX}, or '${FROM_GENESIS}'.`);
  }
}

/** What commands have that compute past states. */
export function withPast(command: Command): Command {
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
