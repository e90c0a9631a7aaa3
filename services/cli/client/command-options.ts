import { type Command, Option } from 'commander';
import { flagOf } from '../../platform/config/config.ts';
import { WORLD_BOUNDS } from '../../world/spec/spec.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import { integerIn, parseRegion, parseUrl } from '../terminal/options.ts';
import { ApiClient } from './api-client.ts';
import { fetchFor } from './signed-fetch.ts';

const DEFAULT_URL = 'http://127.0.0.1:8083';

export interface UrlOptions {
  url: string;
  /** Region that requests are signed for. */
  sign?: string;
  json?: boolean;
}

/** Asks the colony that the options name. */
export const clientOf = (options: UrlOptions): ApiClient =>
  new ApiClient(options.url, fetchFor(options));

/** What every command has that prints something which programs want; docs/cli.md has the documents. */
export const JSON_FLAG = ['--json', 'print one JSON document'] as const;

/** What every command has that asks a running colony. */
export function withUrl(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'address of a coordinator or of an API Gateway')
        .env('COLONY_URL')
        .default(DEFAULT_URL)
        .argParser(parseUrl),
    )
    .option(
      '--sign <region>',
      'sign with AWS credentials for this region; addresses *.execute-api.REGION.amazonaws.com are signed by themselves',
      parseRegion,
    )
    .option(...JSON_FLAG);
}

const WORLD_FLAGS = {
  seed: 'seed of the world',
  width: 'cells from west to east',
  height: 'cells from north to south',
  shardSize: 'side of a square shard in cells; divides width and height',
} as const;

type WorldFlag = keyof typeof WORLD_FLAGS;

/** `--seed --width --height --shard-size`, each within its bounds. */
export function withWorld(
  command: Command,
  {
    only = Object.keys(WORLD_FLAGS) as WorldFlag[],
    defaults,
    required = [],
  }: {
    /** @default all of them */
    only?: readonly WorldFlag[];
    defaults?: Record<WorldFlag, number>;
    required?: readonly WorldFlag[];
  } = {},
): Command {
  for (const name of only) {
    const [min, max] = WORLD_BOUNDS[name];
    const option = new Option(`--${flagOf(name)} <n>`, `${WORLD_FLAGS[name]} (${min} to ${max})`)
      .argParser(integerIn(min, max))
      .makeOptionMandatory(required.includes(name));
    if (defaults !== undefined) option.default(defaults[name]);
    command.addOption(option);
  }
  return command;
}

/** Ends the process with the code of a command once its output is out. */
export async function exitWith(run: Promise<ExitCode>): Promise<void> {
  process.exitCode = await run;
}
