import { expect, test } from 'vitest';
import { doctorCommand } from '../../../../services/cli/doctor/doctor.command.ts';
import {
  type Finding,
  findingLines,
  ok,
  problem,
  verdictText,
  warning,
} from '../../../../services/cli/doctor/finding.ts';
import { recordingOutput } from '../../../integration/cli/fake-colony.ts';

const FINE = ok('node', 'Node 24');
const WORN = warning('disk', 'little is free', 'make room');
const BROKEN = problem('store', 'it is\n damaged', 'put it aside');

async function run(findings: Finding[], options: { json?: boolean } = {}) {
  const output = recordingOutput();
  return { output, exitCode: await doctorCommand(async () => findings, options, output) };
}

test('a finding is one line in columns, with what to do', () => {
  expect(findingLines([FINE, WORN, BROKEN])).toEqual([
    'ok       node   Node 24',
    'warning  disk   little is free. Make room.',
    'problem  store  it is damaged. Put it aside.',
  ]);
});

test.each([
  [[FINE], 'Nothing is wrong.'],
  [[WORN, WORN], '2 warnings found.'],
  [[FINE, WORN, BROKEN], '1 problem and 1 warning found.'],
])('the last line counts them', (findings, text) => {
  expect(verdictText(findings)).toBe(text);
});

test('a problem ends the command with 1', async () => {
  expect((await run([FINE, BROKEN])).exitCode).toBe(1);
});

test('a warning ends it with 0', async () => {
  expect((await run([FINE, WORN])).exitCode).toBe(0);
});

test('as JSON it is one document and no line', async () => {
  const { output } = await run([FINE, BROKEN], { json: true });
  expect(output.documents).toEqual([{ isWell: false, findings: [FINE, BROKEN] }]);
  expect(output.lines).toEqual([]);
});
