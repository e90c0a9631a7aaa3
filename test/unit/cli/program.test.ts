import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { createProgram } from '../../../services/cli/program.ts';
import { ENGINE_VERSION } from '../../../services/world/spec/spec.ts';
import { recordingOutput } from '../../integration/cli/fake-colony.ts';

/** What is printed for a command line that ends at once. */
async function said(...args: string[]): Promise<string> {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const program = createProgram(recordingOutput());
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeOut: write, writeErr: write });
  }
  await program.parseAsync(args, { from: 'user' }).catch(() => {});
  return text;
}

test.each(['-V', '--version'])(
  '%s prints the version of the product and of its engine',
  async (flag) => {
    const { version } = packageJson;
    expect(await said(flag)).toBe(
      `distributed-colony ${version} (engine version ${ENGINE_VERSION})\n`,
    );
  },
);

test.each([
  [
    ['--from', 'never'],
    "option '--from <tick>' argument 'never' is invalid. Expected a tick from 0 to",
  ],
  [
    ['--bucket', 'X_y'],
    "option '--bucket <name>' argument 'X_y' is invalid. Expected the name of a",
  ],
])('verify %j is refused in one line', async (flags, message) => {
  expect(await said('verify', ...flags)).toMatch(/^[^\n]+\n$/);
  expect(await said('verify', ...flags)).toContain(message);
});

test.each([
  [['--amount', '30001'], 'Expected 1 to 30000, or -1 to -30000.'],
  [['--radius-x', '101'], 'Expected a whole number from 1 to 100.'],
])('inject foodDrop %j is refused in one line', async (flags, message) => {
  expect(await said('inject', 'foodDrop', ...flags)).toContain(message);
});

test('an unknown option is named as it was typed, in one line', async () => {
  expect(await said('local', '--x', '3')).toBe("colony: unknown option '--x'\n");
});

/** The commands that do something, by their whole name. */
function commandsOf(parent: Command, path: readonly string[] = []): Map<string, Command> {
  const found = parent.commands.flatMap((command): [string, Command][] => {
    const names = [...path, command.name()];
    const below = [...commandsOf(command, names)];
    // A mere group of commands does nothing itself.
    const isGroup = below.length > 0 && command.options.length === 0;
    return isGroup ? below : [[names.join(' '), command], ...below];
  });
  return new Map(found);
}

/** Why a command prints no JSON. */
const WITHOUT_JSON = new Map([
  ['completion', 'it prints a script for a shell'],
  ['complete', 'shells call it, in a form of theirs'],
]);

const COMMANDS = commandsOf(createProgram(recordingOutput()));

test.each([...COMMANDS.keys()])('%s prints JSON for programs, or has a reason not to', (name) => {
  const flags = COMMANDS.get(name)?.options.map(({ long }) => long);
  expect(flags?.includes('--json')).toBe(!WITHOUT_JSON.has(name));
});

test('what each command prints for programs is documented', () => {
  const [, section = ''] = readFileSync('docs/cli.md', 'utf8').split('\n## JSON\n');
  const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
  const documented = cells.flatMap((cell) => cell.replaceAll('`', '').split(', '));
  const printing = [...COMMANDS.keys()].filter((name) => !WITHOUT_JSON.has(name));
  expect(documented.sort()).toEqual(printing.sort());
});
