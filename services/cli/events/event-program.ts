import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { EVENTS_MAX, TICK_MAX } from '../../protocol/common/limits.ts';
import type { Bounds } from '../../protocol/common/within.ts';
import { EVENT_BOUNDS, EVENT_KINDS } from '../../world/events/events.ts';
import { RULE_NAMES } from '../../world/spec/rules.ts';
import { WORLD_BOUNDS } from '../../world/spec/spec.ts';
import { clientOf, exitWith, type UrlOptions, withUrl } from '../client/command-options.ts';
import { parseKey } from '../client/idempotency-key.ts';
import { integerIn } from '../terminal/options.ts';
import type { Output } from '../terminal/output.ts';
import {
  cancelCommand,
  type EventsOptions,
  eventsCommand,
  type InjectOptions,
  injectCommand,
} from './event.commands.ts';

const range = ([min, max]: Bounds) => `${min} to ${max}`;
const signedRange = ([min, max]: Bounds) => `${min} to ${max}, or -${min} to -${max}`;

/** `3` or `-3`. */
function signedIn(bounds: Bounds): (text: string) => number {
  const [min, max] = bounds;
  return (text) => {
    const value = /^[+-]?\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (Math.abs(value) >= min && Math.abs(value) <= max) return value;
    throw new InvalidArgumentError(`Expected ${signedRange(bounds)}.`);
  };
}

function parseColour(text: string): number {
  if (!/^#?[0-9a-f]{6}$/i.test(text)) {
    throw new InvalidArgumentError('Expected six hex digits such as ff8800.');
  }
  return Number.parseInt(text.replace('#', ''), 16);
}

const yesOrNo = (flag: string, description: string) =>
  new Option(`${flag} <yes-or-no>`, description).argParser((text) => {
    if (text !== 'yes' && text !== 'no') throw new InvalidArgumentError('Expected yes or no.');
    return text === 'yes';
  });

/** The commands about the events of a world. */
export function addEventCommands(program: Command, output: Output): void {
  const events = withUrl(program.command('events'))
    .description('list the events of the world, past and to come, the newest last')
    .option('--from <tick>', 'all from this tick on; without it the newest', integerIn(0, TICK_MAX))
    .option('--limit <n>', 'how many of the newest', integerIn(1, 1_000), 30)
    .addHelpText(
      'after',
      '\nExample:\n  $ colony events --from 0 --json > events.json\n  $ colony digest --seed 1 --width 500 --height 500 --ticks 1000 --events events.json',
    )
    .action((options: EventsOptions & UrlOptions) =>
      exitWith(eventsCommand(clientOf(options), options, output)),
    );

  // What follows the name of a subcommand is that one's.
  events.enablePositionalOptions();
  withUrl(events.command('cancel'))
    .description('cancel an injected event before it happens')
    .argument('<sequence>', 'its number, as events lists it', integerIn(1, EVENTS_MAX))
    .action((sequence: number, options: UrlOptions) =>
      exitWith(cancelCommand(clientOf(options), sequence, options, output)),
    );

  const { radius, size, amount, percent, draw, dropRadius, dropAmount } = EVENT_BOUNDS;
  const centreText = 'createCreature, foodDrop: the centre';
  const radiusText = `createCreature: ${range(radius)} cells, foodDrop: ${range(dropRadius)}`;
  const amountText = `extraFood: ${signedRange(amount)}; foodDrop: ${range(dropAmount)} in each cell`;
  withUrl(program.command('inject'))
    .description('inject an event; what is left out is drawn at random')
    .addArgument(new Argument('<kind>', 'what').choices(EVENT_KINDS))
    .option('--key <key>', 'idempotency key; a new one is made without it', parseKey)
    .option('--tick <n>', 'as soon as possible without it', integerIn(0, TICK_MAX))
    .option('--x <n>', centreText, integerIn(0, WORLD_BOUNDS.width[1] - 1))
    .option('--y <n>', centreText, integerIn(0, WORLD_BOUNDS.height[1] - 1))
    // Where kinds differ the wider bounds stand here, and the schema of each has its own.
    .option('--radius-x <n>', radiusText, integerIn(...dropRadius))
    .option('--radius-y <n>', radiusText, integerIn(...dropRadius))
    .option('--size <n>', `createCreature: ${range(size)}`, integerIn(...size))
    .addOption(yesOrNo('--can-kill', 'createCreature'))
    .addOption(yesOrNo('--can-move', 'createCreature'))
    .option('--colour <rrggbb>', 'createCreature', parseColour)
    .option('--amount <n>', amountText, signedIn(dropAmount))
    .addOption(new Option('--rule <name>', 'ruleChange').choices(RULE_NAMES))
    .option('--percent <n>', `ruleChange: ${signedRange(percent)}`, signedIn(percent))
    .option('--draw <n>', 'extinction: which tiles are wiped', integerIn(...draw))
    .addHelpText(
      'after',
      '\nExamples:\n  $ colony inject createCreature --x 250 --y 250 --can-move yes\n  $ colony inject foodDrop --x 250 --y 250 --radius-x 20 --radius-y 20 --amount 500\n  $ colony inject ruleChange --rule killChance --percent 20 --key "$(date +%s)"',
    )
    .action((kind: string, options: InjectOptions & UrlOptions) =>
      exitWith(injectCommand(clientOf(options), kind, options, output)),
    );
}
