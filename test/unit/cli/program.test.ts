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
