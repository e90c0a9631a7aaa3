import { expect, test } from 'vitest';
import { createOutput, fitTo } from '../../../../services/cli/terminal/output.ts';

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, written, write: (text: string) => written.push(text) };
}

test('a pipe gets the lines alone, without progress', () => {
  const [stdout, stderr] = [stream(false), stream(false)];
  const output = createOutput(stdout, stderr);
  output.progress('tick 1');
  output.line('0 abc');
  output.note('done');
  expect(stdout.written.join('')).toBe('0 abc\n');
  expect(stderr.written.join('')).toBe('done\n');
});

test('a terminal gets progress that the next line wipes away', () => {
  const [stdout, stderr] = [stream(true), stream(true)];
  const output = createOutput(stdout, stderr);
  output.progress('tick 1');
  output.line('0 abc');
  expect(stderr.written.join('')).toBe('\r\u001b[2Ktick 1\r\u001b[2K');
  expect(stdout.written.join('')).toBe('0 abc\n');
});

test('progress can be left out on a terminal too', () => {
  const [stdout, stderr] = [stream(true), stream(true)];
  const output = createOutput(stdout, stderr, () => true);
  output.progress('tick 1');
  output.json({});
  expect([stdout.written.join(''), stderr.written.join('')]).toEqual(['{}\n', '']);
});

test('a line that is redrawn never wraps', () => {
  expect(fitTo(40, 'x'.repeat(100))).toBe(`${'x'.repeat(38)}…`);
  expect(fitTo(40, 'short')).toBe('short');
});
