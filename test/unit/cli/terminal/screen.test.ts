import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createScreen, type Terminal } from '../../../../services/cli/terminal/screen.ts';

const UP = (lines: number) => `\u001b[${lines}A`;
const CLEAR_BELOW = '\u001b[0J';

/** A terminal of 30 columns and 4 rows that keeps what is written to it. */
function terminal() {
  const stream: Terminal = Object.assign(new PassThrough(), { columns: 30, rows: 4 });
  return {
    draw: createScreen(stream),
    written: () => String((stream as PassThrough).read() ?? ''),
  };
}

test('the first lines are drawn where the cursor is', () => {
  const { draw, written } = terminal();
  draw(['a', 'b']);
  expect(written()).toBe(`${CLEAR_BELOW}a\nb\n`);
});

test('later ones are drawn over them', () => {
  const { draw, written } = terminal();
  draw(['a', 'b']);
  written();
  draw(['c']);
  expect(written()).toBe(`${UP(2)}${CLEAR_BELOW}c\n`);
  draw(['d']);
  expect(written()).toBe(`${UP(1)}${CLEAR_BELOW}d\n`);
});

test('what is wider or higher than the terminal is cut', () => {
  const { draw, written } = terminal();
  draw(['x'.repeat(40), 'b', 'c', 'd']);
  expect(written()).toBe(`${CLEAR_BELOW}${'x'.repeat(28)}…\nb\nc\n`);
});
